using LapeOps.Architectures;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>Which keys each query sees.</summary>
/// <param name="Added">What is added to attention scores, float32, broadcast over [rows, heads, tokens, keys]; null for nothing.</param>
/// <param name="Causal">Whether each token attends to itself and those before it, with nothing added.</param>
/// <param name="Window">Where given, <paramref name="Added"/> is a band of [n, n + window - 1] that is laid over n queries after n, so that no
/// query meets the keys far outside its window.</param>
public sealed record AttentionMask(Tensor? Added, bool Causal, int? Window = null);

/// <summary>
/// Where the tokens of a forward pass stand: their positions, what each may attend to, and the cache that they join.
/// </summary>
/// <param name="Positions">[tokens] or, with padding, [rows, tokens]: place of each token in its row.</param>
/// <param name="Full">The mask of layers that attend to all tokens.</param>
/// <param name="Sliding">The mask of layers that attend to a window.</param>
/// <param name="Cache">Keys and values of earlier tokens, or null.</param>
public sealed record Attending(Tensor Positions, AttentionMask Full, AttentionMask Sliding, KvCache? Cache)
{
    // Queries of a band: more of them meet more keys that they may not see, fewer make smaller products.
    private const int QueriesAtOnce = 256;

    /// <summary>Whole rows of equal length, without a cache: profiling and perplexity.</summary>
    public static Attending WholeRows(TransformerShape shape, int tokens, Device device)
    {
        var columns = arange(tokens, ScalarType.Int64, device);
        var full = new AttentionMask(null, Causal: true);
        return new(columns, full, shape.Window is { } window && window < tokens ? Band(Math.Min(tokens, QueriesAtOnce), window, device) : full, null);
    }

    /// <summary>
    /// The next tokens of rows with a cache. Rows of unequal length are padded on the left, so that new tokens stand in one column.
    /// </summary>
    /// <param name="cache">The cache that the tokens join.</param>
    /// <param name="tokens">New tokens a row.</param>
    /// <param name="padding">[rows] Int64, padded places a row; null where there are none.</param>
    /// <param name="device">The model's device.</param>
    public static Attending Next(KvCache cache, int tokens, Tensor? padding, Device device)
    {
        var columns = arange(cache.Length, cache.Length + tokens, ScalarType.Int64, device); // [tokens]
        var positions = padding is null ? columns : (columns - padding.view(-1, 1)).clamp_min(0); // [tokens] or [rows, tokens]
        var full = Mask(null);
        return new(positions, full, cache.Window is { } window ? Mask(window) : full, cache);

        AttentionMask Mask(int? window)
        {
            // A cache keeps no more than the window, so a single token may attend to all that is there.
            if (padding is null && tokens == 1)
                return new(null, Causal: false);
            if (padding is null && cache.Length == 0 && !(window < tokens))
                return new(null, Causal: true);
            return Hidden(columns, cache.Columns(window, tokens), window, padding);
        }
    }

    private static AttentionMask Band(int queries, int window, Device device)
    {
        var columns = arange(queries + window - 1, ScalarType.Int64, device);
        return Hidden(columns.narrow(0, window - 1, queries), columns, window, null) with { Window = window };
    }

    private static AttentionMask Hidden(Tensor queries, Tensor keys, int? window, Tensor? padding)
    {
        queries = queries.unsqueeze(1); // [tokens, 1]
        var hidden = keys.gt(queries);
        if (window is { } tokens)
            hidden |= keys.le(queries - tokens);
        // A padded place attends to itself alone, since softmax over nothing is undefined; nobody attends to it.
        if (padding is not null)
            hidden = (hidden | keys.lt(padding.view(-1, 1, 1, 1))) & keys.ne(queries); // [rows, 1, tokens, keys]
        return new(zeros(hidden.shape, ScalarType.Float32, hidden.device).masked_fill_(hidden, float.NegativeInfinity), Causal: false);
    }
}
