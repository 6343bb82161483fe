using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>Attention by torch's fused operator, on any device and in any type.</summary>
internal static class TorchAttention
{
    /// <summary>softmax(q k' / sqrt(headWidth) + mask) v, [rows, tokens, heads, headWidth].</summary>
    /// <param name="query">[rows, heads, tokens, headWidth]</param>
    /// <param name="key">[rows, keyHeads, keys, headWidth]</param>
    /// <param name="value">[rows, keyHeads, keys, headWidth]</param>
    /// <param name="mask">What each query sees.</param>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, AttentionMask mask)
    {
        var (rows, heads, tokens, width, keyHeads) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3], key.shape[1]);
        var group = heads / keyHeads;
        // A single query has no order to keep, so the heads of a group can stand where tokens do and share their keys uncopied.
        if (tokens == 1)
            return Masked(query.view(rows, keyHeads, group, width), key, value, mask).view(rows, 1, heads, width);
        return Masked(query, Repeated(key, group), Repeated(value, group), mask).transpose(1, 2);
    }

    private static Tensor Masked(Tensor query, Tensor key, Tensor value, AttentionMask mask)
    {
        if (mask.Window is not { } window)
            return Fused(query, key, value, mask.Added, mask.Causal);
        long tokens = query.shape[2], most = mask.Added!.shape[0];
        var parts = new List<Tensor>();
        for (long start = 0; start < tokens; start += most)
        {
            var count = Math.Min(most, tokens - start);
            var unseen = Math.Max(0, start - window + 1); // keys before the first query's window
            var missing = Math.Max(0, window - 1 - start); // keys of that window before the row's start
            var keys = start + count - unseen;
            parts.Add(Fused(query.narrow(2, start, count), key.narrow(2, unseen, keys), value.narrow(2, unseen, keys),
                mask.Added.narrow(0, 0, count).narrow(1, missing, keys), causal: false));
        }
        return cat(parts, 2);
    }

    private static Tensor Fused(Tensor query, Tensor key, Tensor value, Tensor? added, bool causal)
    {
        if (query.device_type != TorchSharp.DeviceType.META)
            return nn.functional.scaled_dot_product_attention(query, key, value, added, 0, causal);
        // The fused operator has no kernel on meta; these have the same shapes.
        var scores = query.matmul(key.transpose(2, 3)); // [rows, heads, tokens, all tokens]
        return (added is null ? scores : scores + added).softmax(3).matmul(value);
    }

    private static Tensor Repeated(Tensor heads, long times)
    {
        if (times == 1)
            return heads;
        var shape = heads.shape; // [rows, keyHeads, tokens, head]
        return heads.unsqueeze(2).expand(shape[0], shape[1], times, shape[2], shape[3]).reshape(shape[0], shape[1] * times, shape[2], shape[3]);
    }
}
