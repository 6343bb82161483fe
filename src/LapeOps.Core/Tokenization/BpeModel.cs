using System.Text;

namespace LapeOps.Tokenization;

/// <summary>What a pair of tokens merges to; the lowest rank goes first.</summary>
internal readonly record struct BpeMerge(int Rank, int Id);

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): begins with a token a character and merges, again and again, the adjacent pair of
/// lowest rank, the leftmost of equals. O(n log n) in the length of a piece.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    private const int LongestCached = 64;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<ulong, BpeMerge> _merges;
    private readonly Dictionary<int, int> _characters = [];
    private readonly int? _unknown;
    private readonly bool _fuseUnknown;
    private readonly bool _ignoreMerges;
    private readonly TokenCache _cache = new();

    /// <summary>A model over checked tables.</summary>
    public BpeModel(
        Dictionary<string, int> vocabulary, Dictionary<ulong, BpeMerge> merges, int? unknown, bool fuseUnknown, bool ignoreMerges)
    {
        _vocabulary = vocabulary;
        _merges = merges;
        _unknown = unknown;
        _fuseUnknown = fuseUnknown;
        _ignoreMerges = ignoreMerges;
        foreach (var (token, id) in vocabulary)
            if (Rune.TryGetRuneAt(token.Length == 0 ? "ab" : token, 0, out var rune) && rune.Utf16SequenceLength == token.Length)
                _characters[rune.Value] = id;
    }

    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    /// <summary>The key of a pair of ids.</summary>
    public static ulong Pair(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    public override ModelToken[] Encode(ReadOnlySpan<char> piece, CancellationToken stop)
    {
        if (piece.Length > LongestCached)
            return Compute(piece, stop);
        if (!_cache.TryGet(piece, out var tokens))
        {
            tokens = Compute(piece, stop);
            _cache.Add(piece, tokens);
        }
        return tokens;
    }

    private ModelToken[] Compute(ReadOnlySpan<char> piece, CancellationToken stop)
    {
        if (_ignoreMerges && _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out var whole))
            return [new(whole, 0, piece.Length)];
        var symbols = Characters(piece);
        Merge(symbols, stop);
        return [.. symbols.Where(s => s.End > s.First).Select(s => new ModelToken(s.Id, s.First, s.End))];
    }

    /// <summary>
    /// A token a character. Characters that are no token become the unknown token, in runs if so asked, or vanish where there is none.
    /// </summary>
    private List<Symbol> Characters(ReadOnlySpan<char> piece)
    {
        var symbols = new List<Symbol>(piece.Length);
        var afterUnknown = false;
        var at = 0;
        foreach (var rune in piece.EnumerateRunes())
        {
            var end = at + rune.Utf16SequenceLength;
            var known = _characters.TryGetValue(rune.Value, out var id);
            if (!known && _fuseUnknown && afterUnknown)
                symbols[^1] = symbols[^1] with { End = end };
            else if (known || _unknown is not null)
                symbols.Add(new(known ? id : _unknown!.Value, at, end, symbols.Count - 1, symbols.Count + 1));
            afterUnknown = !known && _unknown is not null;
            at = end;
        }
        if (symbols.Count > 0)
            symbols[^1] = symbols[^1] with { Next = -1 };
        return symbols;
    }

    private void Merge(List<Symbol> symbols, CancellationToken stop)
    {
        // Ordered by rank, then place; a candidate whose symbols have changed meanwhile is passed over.
        var candidates = new PriorityQueue<BpeMerge, ulong>();
        for (var i = 0; i + 1 < symbols.Count; i++)
            Offer(i, i + 1);
        while (candidates.TryDequeue(out var merge, out var order))
        {
            stop.ThrowIfCancellationRequested();
            var left = (int)(order & uint.MaxValue);
            var right = symbols[left].Next;
            if (symbols[left].IsMerged || right < 0
                || !_merges.TryGetValue(Pair(symbols[left].Id, symbols[right].Id), out var current) || current.Id != merge.Id)
                continue;
            Join(left, right, merge.Id);
        }

        void Offer(int left, int right)
        {
            if (_merges.TryGetValue(Pair(symbols[left].Id, symbols[right].Id), out var merge))
                candidates.Enqueue(merge, (ulong)(uint)merge.Rank << 32 | (uint)left);
        }

        void Join(int left, int right, int id)
        {
            var next = symbols[right].Next;
            symbols[left] = symbols[left] with { Id = id, End = symbols[right].End, Next = next };
            symbols[right] = symbols[right] with { End = symbols[right].First };
            if (next >= 0)
            {
                symbols[next] = symbols[next] with { Previous = left };
                Offer(left, next);
            }
            if (symbols[left].Previous >= 0)
                Offer(symbols[left].Previous, left);
        }
    }

    /// <summary>A token on the way: a link of a list; one that was merged into its left neighbour is empty.</summary>
    private readonly record struct Symbol(int Id, int First, int End, int Previous, int Next)
    {
        public bool IsMerged => End == First;
    }
}
