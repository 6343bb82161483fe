using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// Attention of one new token to the cache, in float32 on a CPU, each head by itself where its keys stand; torch's operator puts queries and keys in
/// order for products that are too small to be worth it.
/// </summary>
internal static unsafe class HostLastAttention
{
    private const int KeysAtOnce = 4;

    /// <summary>Whether <see cref="Attend"/> computes this; torch computes every other.</summary>
    /// <param name="query">[rows, heads, 1, headWidth]</param>
    /// <param name="key">[rows, keyHeads, keys, headWidth]</param>
    public static bool Serves(Tensor query, Tensor key) =>
        PanelKernel.IsSupported && query.IsHostFloat() && query.shape[2] == 1 && query.shape[3] % PanelKernel.Lanes == 0 && key.shape[2] >= KeysAtOnce
        && key.stride(3) == 1 && key.stride(2) == key.shape[3];

    /// <summary>softmax(q k' / sqrt(headWidth) + added) v, [rows, 1, heads, headWidth].</summary>
    /// <param name="query">[rows, heads, 1, headWidth]</param>
    /// <param name="key">[rows, keyHeads, keys, headWidth], a head's keys one after another.</param>
    /// <param name="value">As the keys.</param>
    /// <param name="added">[rows, 1, 1, keys]; null for nothing.</param>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? added)
    {
        using var scope = NewDisposeScope();
        int rows = (int)query.shape[0], heads = (int)query.shape[1], width = (int)query.shape[3], keyHeads = (int)key.shape[1], count = (int)key.shape[2];
        var y = empty(rows, 1, heads, width);
        float* queries = query.Address<float>(), to = y.Address<float>();
        float* keys = key[0][0].Address<float>(), values = value[0][0].Address<float>(), addends = added is null ? null : added.contiguous().Address<float>();
        long ofRow = key.stride(0), ofHead = key.stride(1);
        HostThreads.ForEach(rows * heads, (long)rows * heads * count * width, i =>
        {
            var (row, head) = Math.DivRem(i, heads);
            var from = (row * ofRow) + (head / (heads / keyHeads) * ofHead);
            Head(queries + ((long)i * width), keys + from, values + from, addends is null ? null : addends + ((long)row * count), count, width, to + ((long)i * width));
        });
        return y.MoveToOuterDisposeScope();
    }

    private static void Head(float* query, float* keys, float* values, float* added, int count, int width, float* y)
    {
        var places = (count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        var scores = (float*)NativeMemory.AlignedAlloc((nuint)(sizeof(float) * (long)places), CacheLine.Bytes);
        for (var key = 0; key < count; key += KeysAtOnce)
        {
            // The last four take keys before them, which come to the same numbers again.
            var from = Math.Min(key, count - KeysAtOnce);
            PanelKernel.FourOfOneToken(query, keys + ((long)from * width), width, scores + from);
        }
        var scale = 1 / MathF.Sqrt(width);
        for (var key = 0; key < count; key++)
            scores[key] = (scores[key] * scale) + (added is null ? 0 : added[key]);
        new Span<float>(scores + count, places - count).Fill(float.NegativeInfinity);
        HostAttention.Softmax(scores, places);
        new Span<float>(y, width).Clear();
        for (var key = 0; key < count; key++)
            AddTimes(scores[key], values + ((long)key * width), y, width);
        NativeMemory.AlignedFree(scores);
    }

    [MethodImpl(InnerLoop.Compiled)]
    private static void AddTimes(float factor, float* x, float* y, int count)
    {
        var factors = new Vector<float>(factor);
        for (var i = 0; i < count; i += Vector<float>.Count)
            Vector.FusedMultiplyAdd(factors, Vector.Load(x + i), Vector.Load(y + i)).Store(y + i);
    }
}
