using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace LapeOps.Tokenization.Models;

/// <summary>
/// Where a text may be cut without changing its tokens: between two characters that end the left and begin the right token of no merge.
/// No merge ever joins what stands on the two sides, and what happens on one side changes nothing on the other.
/// </summary>
internal sealed class BpeSeams
{
    private const int NoCharacter = -1; // half of one
    private const int AnyCharacter = -2;
    private const int JoinedBits = 21;

    private readonly Dictionary<int, int> _characters;
    private readonly PairFilter _joined = new(JoinedBits); // a bit that two pairs share forbids a cut, and no more than that
    private readonly BpeOptions _options;
    private readonly bool _none;

    /// <summary>The seams of a model; <paramref name="standIns"/> are the ids that stand for characters that are no tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // once in a process, for a hundred thousand merges
    public BpeSeams(
        Dictionary<string, int> vocabulary, BpeMerges merges, Dictionary<int, int> characters, HashSet<int> standIns, BpeOptions options)
    {
        _characters = characters;
        _options = options;
        var ids = vocabulary.Values.DefaultIfEmpty(-1).Max() + 1;
        int[] begins = new int[ids], ends = new int[ids]; // the first and the last character of each token
        foreach (var (token, id) in vocabulary)
        {
            // A token of bytes, or without characters, says nothing of the characters that a merge joins.
            var known = token.Length > 0 && !standIns.Contains(id);
            begins[id] = !known ? AnyCharacter : Rune.DecodeFromUtf16(token, out var begin, out _) == OperationStatus.Done ? begin.Value : NoCharacter;
            ends[id] = !known ? AnyCharacter : Rune.DecodeLastFromUtf16(token, out var end, out _) == OperationStatus.Done ? end.Value : NoCharacter;
        }
        foreach (var (left, right) in merges.Pairs())
            if (ends[left] == AnyCharacter || begins[right] == AnyCharacter)
                _none = true;
            else if (ends[left] != NoCharacter && begins[right] != NoCharacter)
                _joined.Add(PairFilter.Hash(ends[left], begins[right]));
    }

    /// <summary>The next place after <paramref name="first"/> where the text may be cut, at last its end.</summary>
    public int Next(ReadOnlySpan<char> text, int first)
    {
        if (_none)
            return text.Length;
        var at = first;
        var previous = -1;
        foreach (var rune in text[first..].EnumerateRunes())
        {
            if (previous >= 0 && MayCut(previous, rune.Value))
                return at;
            previous = rune.Value;
            at += rune.Utf16SequenceLength;
        }
        return at;
    }

    private bool MayCut(int left, int right)
    {
        if (_joined.MayContain(PairFilter.Hash(left, right)))
            return false;
        var unknown = (_characters.ContainsKey(left) ? 0 : 1) + (_characters.ContainsKey(right) ? 0 : 1);
        // What vanishes brings those beside it together.
        return unknown == 0 || (_options.Unknown is not null && !(unknown == 2 && _options.FuseUnknown));
    }
}
