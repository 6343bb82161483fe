using LapeOps.Tokenization.Decoders;

namespace LapeOps.Tokenization.Models;

/// <summary>
/// The unigram language model (Kudo 2018): of all ways to cut a piece into tokens the one with the highest sum of scores, found by
/// dynamic programming from left to right; of equals the one found first, that with the longer last token. A character that is no token
/// costs 10 more than the worst of these, and runs of such characters are one unknown token.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly double[] _scores;
    private readonly TokenTrie _trie;
    private readonly int _unknown;
    private readonly bool _byteFallback;
    private readonly double _unknownScore;
    private readonly TokenCache _pieces = new();
    private readonly TokenCache.Computation _compute;

    /// <summary>A model of tokens in the order of their ids.</summary>
    /// <param name="vocabulary">The id of each token.</param>
    /// <param name="scores">The log-probability of each.</param>
    /// <param name="findable">Those that text may be cut into.</param>
    /// <param name="unknown">The id for what is no token.</param>
    /// <param name="byteFallback">Whether the bytes of what is no token are, where all of them are tokens.</param>
    public UnigramModel(
        Dictionary<string, int> vocabulary, double[] scores, IReadOnlyCollection<KeyValuePair<string, int>> findable, int unknown, bool byteFallback)
    {
        _vocabulary = vocabulary;
        _compute = Compute;
        _scores = scores;
        var texts = findable.Where(t => t.Key.Length > 0).ToArray();
        _trie = new([.. texts.Select(t => t.Key)], [.. texts.Select(t => t.Value)]);
        _unknown = unknown;
        _byteFallback = byteFallback;
        _unknownScore = findable.Min(t => scores[t.Value]) - UnknownPenalty;
    }

    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    public override ModelToken[] Encode(ReadOnlySpan<char> piece, CancellationToken stop) => _pieces.Of(piece, _compute, stop);

    private ModelToken[] Compute(ReadOnlySpan<char> piece, CancellationToken stop)
    {
        var best = BestEndings(piece, stop);
        var tokens = new List<ModelToken>();
        for (var end = piece.Length; end > 0;)
        {
            var first = best[end].First;
            var id = best[end].Id;
            while (id == _unknown && first > 0 && best[first].Id == _unknown)
                first = best[first].First;
            if (id == _unknown)
                AddUnknown(piece, first, end, tokens);
            else
                tokens.Add(new(id, first, end));
            end = first;
        }
        tokens.Reverse();
        return [.. tokens];
    }

    /// <summary>For each place the best token that ends there.</summary>
    private Ending[] BestEndings(ReadOnlySpan<char> piece, CancellationToken stop)
    {
        var best = new Ending[piece.Length + 1];
        Array.Fill(best, new(-1, -1, 0));
        best[0] = new(0, -1, 0);
        for (int first = 0, width; first < piece.Length; first += width)
        {
            stop.ThrowIfCancellationRequested();
            width = char.IsHighSurrogate(piece[first]) ? 2 : 1;
            var isToken = false;
            var node = TokenTrie.Root;
            for (var end = first + 1; end <= piece.Length; end++)
            {
                node = _trie.Next(node, piece[end - 1]);
                if (node == TokenTrie.Root)
                    break;
                if (_trie.Id(node) is not (>= 0 and var id))
                    continue;
                isToken |= end == first + width;
                Offer(new(first, id, best[first].Score + _scores[id]), ref best[end]);
            }
            if (!isToken)
                Offer(new(first, _unknown, best[first].Score + _unknownScore), ref best[first + width]);
        }
        return best;
    }

    private static void Offer(Ending ending, ref Ending best)
    {
        if (best.First < 0 || ending.Score > best.Score)
            best = ending;
    }

    /// <summary>Adds what stands for unknown text, from its end to its beginning.</summary>
    private void AddUnknown(ReadOnlySpan<char> piece, int first, int end, List<ModelToken> tokens)
    {
        var text = piece[first..end].ToString();
        if (_vocabulary.TryGetValue(text, out var id))
            tokens.Add(new(id, first, end));
        else if (_byteFallback && ByteFallbackDecoder.Ids(text, _vocabulary) is { } bytes)
            tokens.AddRange(bytes.Reverse().Select(b => new ModelToken(b, first, end)));
        else
            tokens.Add(new(_unknown, first, end));
    }

    private readonly record struct Ending(int First, int Id, double Score);
}
