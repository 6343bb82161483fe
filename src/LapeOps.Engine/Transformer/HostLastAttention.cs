using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// Attention of one new token to the cache, in float32 on a CPU, where its keys stand; torch's operator puts queries and keys in order for products
/// that are too small to be worth it. Four heads that share keys and values read them once.
/// </summary>
internal static unsafe class HostLastAttention
{
    private const int HeadsAtOnce = 4, KeysOfFour = 3, KeysOfOne = 4, ValuesAtOnce = 2;

    /// <summary>Whether <see cref="Attend"/> computes this; torch computes every other.</summary>
    /// <param name="query">[rows, heads, 1, headWidth]</param>
    /// <param name="key">[rows, keyHeads, keys, headWidth]</param>
    public static bool Serves(Tensor query, Tensor key) =>
        PanelKernel.IsSupported && query.IsHostFloat() && query.shape[2] == 1 && query.shape[3] % PanelKernel.Lanes == 0 && key.shape[2] >= KeysOfOne
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
        int sharing = heads / keyHeads, parts = (sharing + HeadsAtOnce - 1) / HeadsAtOnce;
        HostThreads.ForEach(rows * keyHeads * parts, (long)rows * heads * count * width, i =>
        {
            var (shared, part) = Math.DivRem(i, parts);
            var (row, keyHead) = Math.DivRem(shared, keyHeads);
            var from = (row * ofRow) + (keyHead * ofHead);
            var head = (shared * (long)sharing) + (part * HeadsAtOnce); // of those of all rows
            Heads(queries + (head * width), Math.Min(HeadsAtOnce, sharing - (part * HeadsAtOnce)), keys + from, values + from,
                addends is null ? null : addends + ((long)row * count), count, width, to + (head * width));
        });
        return y.MoveToOuterDisposeScope();
    }

    private static void Heads(float* query, int heads, float* keys, float* values, float* added, int count, int width, float* y)
    {
        var places = (count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        var scores = (float*)NativeMemory.AlignedAlloc((nuint)(sizeof(float) * (long)heads * places), CacheLine.Bytes); // [heads, places]
        Multiply(query, heads, keys, count, width, scores, places);
        for (var head = 0; head < heads; head++)
            Softmax(scores + ((long)head * places), added, count, places, 1 / MathF.Sqrt(width));
        Mix(scores, places, heads, values, count, width, y);
        NativeMemory.AlignedFree(scores);
    }

    private static void Multiply(float* query, int heads, float* keys, int count, int width, float* scores, int places)
    {
        var keysAtOnce = heads == HeadsAtOnce ? KeysOfFour : KeysOfOne;
        for (var key = 0; key < count; key += keysAtOnce)
        {
            // What is left of the last keys is taken with keys before them, which come to the same numbers again.
            var from = Math.Min(key, count - keysAtOnce);
            if (heads == HeadsAtOnce)
                PanelKernel.ThreeOfFourTokens(query, keys + (from * (long)width), width, scores + from, places);
            else
                for (var head = 0; head < heads; head++)
                    PanelKernel.FourOfOneToken(query + (head * width), keys + (from * (long)width), width, scores + ((long)head * places) + from);
        }
    }

    private static void Mix(float* weights, int places, int heads, float* values, int count, int width, float* y)
    {
        new Span<float>(y, heads * width).Clear();
        for (var key = 0; key < count; key += ValuesAtOnce)
        {
            // The last one is taken with a value before it, whose weights have been used.
            var from = Math.Min(key, count - ValuesAtOnce);
            for (var head = 0; head < heads && from < key; head++)
                weights[((long)head * places) + from] = 0;
            if (heads == HeadsAtOnce)
                AddToFour(weights + from, places, values + (from * (long)width), y, width);
            else
                for (var head = 0; head < heads; head++)
                    AddToOne(weights + ((long)head * places) + from, values + (from * (long)width), y + (head * width), width);
        }
    }

    private static void Softmax(float* scores, float* added, int count, int places, float scale)
    {
        for (var key = 0; key < count; key++)
            scores[key] = (scores[key] * scale) + (added is null ? 0 : added[key]);
        new Span<float>(scores + count, places - count).Fill(float.NegativeInfinity);
        HostAttention.Softmax(scores, places);
    }

    // y += weights * values, of two values and four heads.
    [MethodImpl(InnerLoop.Compiled)]
    private static void AddToFour(float* weights, long places, float* values, float* y, int width)
    {
        Vector256<float> a0 = Vector256.Create(weights[0]), a1 = Vector256.Create(weights[1]);
        Vector256<float> b0 = Vector256.Create(weights[places]), b1 = Vector256.Create(weights[places + 1]);
        Vector256<float> c0 = Vector256.Create(weights[2 * places]), c1 = Vector256.Create(weights[(2 * places) + 1]);
        Vector256<float> d0 = Vector256.Create(weights[3 * places]), d1 = Vector256.Create(weights[(3 * places) + 1]);
        float* second = values + width, ahead = second + width, yB = y + width, yC = yB + width, yD = yC + width;
        for (var i = 0; i < width; i += PanelKernel.Lanes, ahead += ValuesAtOnce * PanelKernel.Lanes)
        {
            Sse.Prefetch0(ahead);
            Vector256<float> v0 = Vector256.Load(values + i), v1 = Vector256.Load(second + i);
            Fma.MultiplyAdd(a1, v1, Fma.MultiplyAdd(a0, v0, Vector256.Load(y + i))).Store(y + i);
            Fma.MultiplyAdd(b1, v1, Fma.MultiplyAdd(b0, v0, Vector256.Load(yB + i))).Store(yB + i);
            Fma.MultiplyAdd(c1, v1, Fma.MultiplyAdd(c0, v0, Vector256.Load(yC + i))).Store(yC + i);
            Fma.MultiplyAdd(d1, v1, Fma.MultiplyAdd(d0, v0, Vector256.Load(yD + i))).Store(yD + i);
        }
    }

    // The same of one head.
    [MethodImpl(InnerLoop.Compiled)]
    private static void AddToOne(float* weights, float* values, float* y, int width)
    {
        Vector256<float> a = Vector256.Create(weights[0]), b = Vector256.Create(weights[1]);
        float* second = values + width, ahead = second + width;
        for (var i = 0; i < width; i += PanelKernel.Lanes, ahead += ValuesAtOnce * PanelKernel.Lanes)
        {
            Sse.Prefetch0(ahead);
            Fma.MultiplyAdd(b, Vector256.Load(second + i), Fma.MultiplyAdd(a, Vector256.Load(values + i), Vector256.Load(y + i))).Store(y + i);
        }
    }
}
