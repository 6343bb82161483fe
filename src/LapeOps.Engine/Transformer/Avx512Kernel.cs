using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LapeOps.Native;

namespace LapeOps.Transformers;

/// <summary>
/// The innermost loops of <see cref="TiledLinear"/>, with vectors of sixteen numbers, of which a processor keeps 32. Weights are float, or ushort for
/// bfloat16.
/// </summary>
internal static unsafe class Avx512Kernel
{
    /// <summary>Whether this processor has these vectors.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Numbers of a vector; inputs come in whole vectors.</summary>
    public static int Lanes => Vector512<float>.Count;

    /// <summary>Tokens of one tile: as many as leave room for all sums in registers.</summary>
    public static int Tokens => 4;

    /// <summary>Four outputs of one token, over some of the inputs.</summary>
    /// <param name="x">The token, from these inputs on.</param>
    /// <param name="rows">Four rows of weights, from these inputs on.</param>
    /// <param name="count">How many inputs.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="y">[4]</param>
    /// <param name="add">Whether the sums are added to what is there.</param>
    [MethodImpl(InnerLoop.Compiled)]
    public static void OneToken<TWeight>(float* x, TWeight* rows, int count, int stride, float* y, bool add) where TWeight : unmanaged
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        var ahead = (byte*)(rows + (4L * stride)); // the next four rows, in the order of memory
        for (var i = 0; i < count; i += Vector512<float>.Count, ahead += 4 * Vector512<float>.Count * sizeof(TWeight))
        {
            for (var line = 0; line < 4 * Vector512<float>.Count * sizeof(TWeight); line += CacheLine.Bytes)
                Sse.Prefetch0(ahead + line);
            var v = Vector512.Load(x + i);
            var w = rows + i;
            a = Vector512.FusedMultiplyAdd(Load(w), v, a);
            b = Vector512.FusedMultiplyAdd(Load(w + stride), v, b);
            c = Vector512.FusedMultiplyAdd(Load(w + (2 * stride)), v, c);
            d = Vector512.FusedMultiplyAdd(Load(w + (3 * stride)), v, d);
        }
        Store(y, a, b, c, d, add);
    }

    /// <summary>Four outputs of every token of a tile, over some of the inputs.</summary>
    /// <param name="tile">[inputs / lanes, tokens, lanes], from these inputs on: what is read next stands next.</param>
    /// <param name="rows">Four rows of weights, from these inputs on.</param>
    /// <param name="widened">[4, <see cref="TiledLinear.InputsAtOnce"/>], where rows of bfloat16 are left as float32 on the way.</param>
    /// <param name="ahead">A row of weights that will be used next.</param>
    /// <param name="count">How many inputs.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="y">[tokens, 4] of [tokens, outputs]</param>
    /// <param name="outputs">Numbers from one token's outputs to the next.</param>
    /// <param name="add">Whether the sums are added to what is there.</param>
    [MethodImpl(InnerLoop.Compiled)]
    public static void Tile<TRow, TWeight>(float* tile, TRow* rows, float* widened, TWeight* ahead, int count, int stride, float* y, int outputs, bool add)
        where TRow : unmanaged where TWeight : unmanaged
    {
        // Sixteen sums, which stay in registers.
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        TRow* w1 = rows + stride, w2 = w1 + stride, w3 = w2 + stride;
        for (var i = 0; i < count; i += Vector512<float>.Count, tile += Tokens * Vector512<float>.Count)
        {
            Sse.Prefetch0(ahead + i);
            Vector512<float> v0 = Vector512.Load(tile), v1 = Vector512.Load(tile + 16), v2 = Vector512.Load(tile + 32), v3 = Vector512.Load(tile + 48);
            var w = Load(rows + i);
            if (typeof(TRow) == typeof(ushort))
                w.Store(widened + i);
            a0 = Vector512.FusedMultiplyAdd(w, v0, a0);
            a1 = Vector512.FusedMultiplyAdd(w, v1, a1);
            a2 = Vector512.FusedMultiplyAdd(w, v2, a2);
            a3 = Vector512.FusedMultiplyAdd(w, v3, a3);
            w = Load(w1 + i);
            if (typeof(TRow) == typeof(ushort))
                w.Store(widened + TiledLinear.InputsAtOnce + i);
            b0 = Vector512.FusedMultiplyAdd(w, v0, b0);
            b1 = Vector512.FusedMultiplyAdd(w, v1, b1);
            b2 = Vector512.FusedMultiplyAdd(w, v2, b2);
            b3 = Vector512.FusedMultiplyAdd(w, v3, b3);
            w = Load(w2 + i);
            if (typeof(TRow) == typeof(ushort))
                w.Store(widened + (2 * TiledLinear.InputsAtOnce) + i);
            c0 = Vector512.FusedMultiplyAdd(w, v0, c0);
            c1 = Vector512.FusedMultiplyAdd(w, v1, c1);
            c2 = Vector512.FusedMultiplyAdd(w, v2, c2);
            c3 = Vector512.FusedMultiplyAdd(w, v3, c3);
            w = Load(w3 + i);
            if (typeof(TRow) == typeof(ushort))
                w.Store(widened + (3 * TiledLinear.InputsAtOnce) + i);
            d0 = Vector512.FusedMultiplyAdd(w, v0, d0);
            d1 = Vector512.FusedMultiplyAdd(w, v1, d1);
            d2 = Vector512.FusedMultiplyAdd(w, v2, d2);
            d3 = Vector512.FusedMultiplyAdd(w, v3, d3);
        }
        Store(y, a0, b0, c0, d0, add);
        Store(y + outputs, a1, b1, c1, d1, add);
        Store(y + (2L * outputs), a2, b2, c2, d2, add);
        Store(y + (3L * outputs), a3, b3, c3, d3, add);
    }

    // Sixteen weights as float32; bfloat16 (ushort) is the upper half of one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load<TWeight>(TWeight* weights) where TWeight : unmanaged => typeof(TWeight) == typeof(float)
        ? Vector512.Load((float*)weights)
        : Vector512.ShiftLeft(Avx512F.ConvertToVector512UInt32(Vector256.Load((ushort*)weights)), 16).AsSingle();

    private static void Store(float* y, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, bool add)
    {
        var sums = Sse3.HorizontalAdd(Sse3.HorizontalAdd(Folded(a), Folded(b)), Sse3.HorizontalAdd(Folded(c), Folded(d)));
        (add ? Vector128.Load(y) + sums : sums).Store(y);
    }

    private static Vector128<float> Folded(Vector512<float> sums)
    {
        var half = sums.GetLower() + sums.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
