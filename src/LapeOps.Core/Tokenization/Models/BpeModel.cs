using System.Text;

namespace LapeOps.Tokenization.Models;

/// <summary>How a BPE model treats what it does not know, and whole pieces that it does.</summary>
/// <param name="Unknown">The id for characters that are no token; without one they vanish.</param>
/// <param name="FuseUnknown">Whether a run of unknown characters is one unknown token.</param>
/// <param name="Bytes">The ids of the 256 bytes, -1 for those that are no token: a character that is no token becomes its bytes, where all of them are; null where none does.</param>
/// <param name="IgnoreMerges">Whether a piece that is a token is that token, whatever the merges make of it.</param>
internal readonly record struct BpeOptions(int? Unknown = null, bool FuseUnknown = false, int[]? Bytes = null, bool IgnoreMerges = false)
{
    /// <summary>The ids of tokens that stand for characters that are no tokens.</summary>
    public HashSet<int> StandIns => [.. Bytes ?? [], Unknown ?? -1];
}

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): begins with a token a character and merges, again and again, the adjacent pair of
/// lowest rank, the leftmost of equals. O(n log n) in the length of a piece.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    private const int MostBytesAUnit = 3;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly BpeMerges _merges;
    private readonly BpeOptions _options;
    private readonly Dictionary<int, int> _characters = [];
    private readonly BpeSeams _seams;
    private readonly TokenCache _pieces = new();
    private readonly TokenCache _parts;
    private readonly TokenCache.Computation _compute;
    private readonly TokenCache.Computation _merge;

    /// <summary>A model over checked tables.</summary>
    public BpeModel(Dictionary<string, int> vocabulary, BpeMerges merges, BpeOptions options)
    {
        _vocabulary = vocabulary;
        _merges = merges;
        _options = options;
        (_compute, _merge) = (Compute, Merge);
        // With IgnoreMerges a piece and the same text within a longer piece differ.
        _parts = options.IgnoreMerges ? new() : _pieces;
        foreach (var (token, id) in vocabulary)
            if (Rune.TryGetRuneAt(token.Length == 0 ? "ab" : token, 0, out var rune) && rune.Utf16SequenceLength == token.Length)
                _characters[rune.Value] = id;
        _seams = new(merges.Joints, _characters, options);
    }

    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    public override ModelToken[] Encode(ReadOnlySpan<char> piece, CancellationToken stop) => _pieces.Of(piece, _compute, stop);

    private ModelToken[] Compute(ReadOnlySpan<char> piece, CancellationToken stop) =>
        Whole(piece) ?? (piece.Length > TokenCache.Longest ? InParts(piece, stop) : Merge(piece, stop));

    private ModelToken[]? Whole(ReadOnlySpan<char> piece) =>
        _options.IgnoreMerges && _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out var whole)
            ? [new(whole, 0, piece.Length)]
            : null;

    /// <summary>A long piece is cut where no merge can join its parts, which are often the same few.</summary>
    private ModelToken[] InParts(ReadOnlySpan<char> piece, CancellationToken stop)
    {
        var tokens = new List<ModelToken>();
        for (var first = 0; first < piece.Length;)
        {
            stop.ThrowIfCancellationRequested();
            var end = _seams.Next(piece, first);
            foreach (var token in _parts.Of(piece[first..end], _merge, stop))
                tokens.Add(new(token.Id, first + token.First, first + token.End));
            first = end;
        }
        return [.. tokens];
    }

    private ModelToken[] Merge(ReadOnlySpan<char> text, CancellationToken stop)
    {
        if (text.Length > TokenCache.Longest)
            return _merges.ApplyLong(Characters(text, new ModelToken[text.Length * MostBytesAUnit]), stop);
        Span<ModelToken> symbols = stackalloc ModelToken[TokenCache.Longest * MostBytesAUnit];
        return _merges.ApplyShort(Characters(text, symbols));
    }

    /// <summary>Fills in a token a character, or a byte of one. What is neither is unknown or vanishes.</summary>
    private Span<ModelToken> Characters(ReadOnlySpan<char> piece, Span<ModelToken> symbols)
    {
        var count = 0;
        var afterUnknown = false;
        var at = 0;
        foreach (var rune in piece.EnumerateRunes())
        {
            var end = at + rune.Utf16SequenceLength;
            var known = _characters.TryGetValue(rune.Value, out var id);
            if (known)
                symbols[count++] = new(id, at, end);
            else if (_options.Bytes is { } ids && Bytes(ids, rune, at, symbols[count..]) is > 0 and var bytes)
                (known, count) = (true, count + bytes);
            else if (afterUnknown && _options.FuseUnknown)
                symbols[count - 1] = symbols[count - 1] with { End = end };
            else if (_options.Unknown is { } unknown)
                symbols[count++] = new(unknown, at, end);
            afterUnknown = !known && _options.Unknown is not null;
            at = end;
        }
        return symbols[..count];
    }

    /// <summary>Fills in the bytes of a character; returns how many, or 0 where one of them is no token.</summary>
    private static int Bytes(int[] ids, Rune rune, int at, Span<ModelToken> symbols)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var count = rune.EncodeToUtf8(utf8);
        for (var i = 0; i < count; i++)
        {
            if (ids[utf8[i]] < 0)
                return 0;
            symbols[i] = new(ids[utf8[i]], at, at + rune.Utf16SequenceLength);
        }
        return count;
    }
}
