using System.Buffers;
using System.Text;

namespace LapeOps.Tokenization.Models;

/// <summary>
/// Where a text may be cut without changing its tokens: between two characters that end the left and begin the right token of no merge.
/// No merge ever joins what stands on the two sides, and what happens on one side changes nothing on the other.
/// </summary>
internal sealed class BpeSeams
{
    private readonly Dictionary<int, int> _characters;
    private readonly HashSet<ulong> _joined = [];
    private readonly BpeOptions _options;
    private readonly bool _none;

    /// <summary>The seams of a model; <paramref name="standIns"/> are the ids that stand for characters that are no tokens.</summary>
    public BpeSeams(
        Dictionary<string, int> vocabulary, BpeMerges merges, Dictionary<int, int> characters, HashSet<int> standIns, BpeOptions options)
    {
        _characters = characters;
        _options = options;
        var tokens = new string[vocabulary.Values.DefaultIfEmpty(-1).Max() + 1];
        foreach (var (token, id) in vocabulary)
            tokens[id] = token;
        foreach (var (left, right) in merges.Pairs)
        {
            // A merge of bytes, or of a token without characters, says nothing of the characters that it joins.
            if (standIns.Contains(left) || standIns.Contains(right) || tokens[left].Length == 0 || tokens[right].Length == 0)
                _none = true;
            else if (Rune.DecodeLastFromUtf16(tokens[left], out var end, out _) == OperationStatus.Done
                && Rune.DecodeFromUtf16(tokens[right], out var begin, out _) == OperationStatus.Done)
                _joined.Add(Key(end.Value, begin.Value));
        }
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
        if (_joined.Contains(Key(left, right)))
            return false;
        var unknown = (_characters.ContainsKey(left) ? 0 : 1) + (_characters.ContainsKey(right) ? 0 : 1);
        // What vanishes brings those beside it together.
        return unknown == 0 || (_options.Unknown is not null && !(unknown == 2 && _options.FuseUnknown));
    }

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
