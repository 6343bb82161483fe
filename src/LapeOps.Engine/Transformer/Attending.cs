using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// Where the tokens of a forward pass stand: their positions, what each may attend to, and the cache that they join.
/// </summary>
/// <param name="Positions">[tokens] or, with padding, [rows, tokens]: place of each token in its row.</param>
/// <param name="Mask">What is added to attention scores, float32, broadcast over [rows, heads, tokens, all tokens]; null for none.</param>
/// <param name="Causal">Whether each token attends to itself and those before it, with no mask beside.</param>
/// <param name="Cache">Keys and values of earlier tokens, or null.</param>
public sealed record Attending(Tensor Positions, Tensor? Mask, bool Causal, KvCache? Cache)
{
    /// <summary>Whole rows of equal length, without a cache: profiling and perplexity.</summary>
    public static Attending WholeRows(int tokens, Device device) => new(arange(tokens, ScalarType.Int64, device), null, true, null);

    /// <summary>
    /// The next tokens of rows with a cache. Rows of unequal length are padded on the left, so that new tokens stand in one column.
    /// </summary>
    /// <param name="cache">The cache that the tokens join.</param>
    /// <param name="tokens">New tokens a row.</param>
    /// <param name="padding">[rows] Int64, padded places a row; null where there are none.</param>
    /// <param name="device">The model's device.</param>
    public static Attending Next(KvCache cache, int tokens, Tensor? padding, Device device)
    {
        int past = cache.Length, all = past + tokens;
        var columns = arange(past, all, ScalarType.Int64, device); // [tokens]
        if (padding is null)
            return new(columns, null, Causal: past == 0 && tokens > 1, cache)
            {
                Mask = past > 0 && tokens > 1 ? Additive(columns.unsqueeze(1).lt(arange(all, ScalarType.Int64, device))) : null,
            };
        var keys = arange(all, ScalarType.Int64, device); // [all]
        var first = padding.view(-1, 1, 1, 1);
        // A padded place attends to itself alone, since softmax over nothing is undefined; nobody attends to it.
        var hidden = (keys.lt(first) | keys.gt(columns.unsqueeze(1))) & keys.ne(columns.unsqueeze(1)); // [rows, 1, tokens, all]
        var positions = (columns - padding.view(-1, 1)).clamp_min(0); // [rows, tokens]
        return new(positions, Additive(hidden), false, cache);
    }

    private static Tensor Additive(Tensor hidden) =>
        zeros(hidden.shape, ScalarType.Float32, hidden.device).masked_fill_(hidden, float.NegativeInfinity);
}
