using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LapeOps.Transformers;

/// <summary>Tiles with vectors of eight numbers, of which a processor keeps sixteen.</summary>
internal readonly unsafe struct Avx2Kernel : ITileKernel
{
    private const int CacheLine = 64;

    /// <inheritdoc/>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <inheritdoc/>
    public static int Lanes => Vector256<float>.Count;

    /// <inheritdoc/>
    public static int Tokens => 3;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneToken<TWeight>(float* x, TWeight* rows, int count, int stride, float* y, bool add) where TWeight : unmanaged
    {
        // Two sums an output, since one would wait for itself.
        Vector256<float> a = default, b = default, c = default, d = default, a2 = default, b2 = default, c2 = default, d2 = default;
        var ahead = (byte*)(rows + (4L * stride)); // the next four rows, in the order of memory
        TWeight* w1 = rows + stride, w2 = w1 + stride, w3 = w2 + stride;
        var i = 0;
        for (; i <= count - (2 * Vector256<float>.Count); i += 2 * Vector256<float>.Count, ahead += 8 * Vector256<float>.Count * sizeof(TWeight))
        {
            for (var line = 0; line < 8 * Vector256<float>.Count * sizeof(TWeight); line += CacheLine)
                Sse.Prefetch0(ahead + line);
            Vector256<float> v = Vector256.Load(x + i), v2 = Vector256.Load(x + i + Vector256<float>.Count);
            a = Fma.MultiplyAdd(Load(rows + i), v, a);
            b = Fma.MultiplyAdd(Load(w1 + i), v, b);
            c = Fma.MultiplyAdd(Load(w2 + i), v, c);
            d = Fma.MultiplyAdd(Load(w3 + i), v, d);
            a2 = Fma.MultiplyAdd(Load(rows + i + Vector256<float>.Count), v2, a2);
            b2 = Fma.MultiplyAdd(Load(w1 + i + Vector256<float>.Count), v2, b2);
            c2 = Fma.MultiplyAdd(Load(w2 + i + Vector256<float>.Count), v2, c2);
            d2 = Fma.MultiplyAdd(Load(w3 + i + Vector256<float>.Count), v2, d2);
        }
        if (i < count)
        {
            var v = Vector256.Load(x + i);
            a = Fma.MultiplyAdd(Load(rows + i), v, a);
            b = Fma.MultiplyAdd(Load(w1 + i), v, b);
            c = Fma.MultiplyAdd(Load(w2 + i), v, c);
            d = Fma.MultiplyAdd(Load(w3 + i), v, d);
        }
        Store(y, a + a2, b + b2, c + c2, d + d2, add);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile<TRow, TWeight>(float* tile, TRow* rows, float* widened, TWeight* ahead, int count, int stride, float* y, int outputs, bool add)
        where TRow : unmanaged where TWeight : unmanaged
    {
        // Twelve sums, which stay in registers.
        Vector256<float> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        Vector256<float> c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        TRow* w1 = rows + stride, w2 = w1 + stride, w3 = w2 + stride;
        for (var i = 0; i < count; i += Vector256<float>.Count, tile += Tokens * Vector256<float>.Count)
        {
            Sse.Prefetch0(ahead + i);
            Vector256<float> v0 = Vector256.Load(tile), v1 = Vector256.Load(tile + 8), v2 = Vector256.Load(tile + 16);
            var w = Load(rows + i);
            if (typeof(TRow) == typeof(ushort))
                w.Store(widened + i);
            a0 = Fma.MultiplyAdd(w, v0, a0);
            a1 = Fma.MultiplyAdd(w, v1, a1);
            a2 = Fma.MultiplyAdd(w, v2, a2);
            w = Load(w1 + i);
            if (typeof(TRow) == typeof(ushort))
                w.Store(widened + TiledLinear.InputsAtOnce + i);
            b0 = Fma.MultiplyAdd(w, v0, b0);
            b1 = Fma.MultiplyAdd(w, v1, b1);
            b2 = Fma.MultiplyAdd(w, v2, b2);
            w = Load(w2 + i);
            if (typeof(TRow) == typeof(ushort))
                w.Store(widened + (2 * TiledLinear.InputsAtOnce) + i);
            c0 = Fma.MultiplyAdd(w, v0, c0);
            c1 = Fma.MultiplyAdd(w, v1, c1);
            c2 = Fma.MultiplyAdd(w, v2, c2);
            w = Load(w3 + i);
            if (typeof(TRow) == typeof(ushort))
                w.Store(widened + (3 * TiledLinear.InputsAtOnce) + i);
            d0 = Fma.MultiplyAdd(w, v0, d0);
            d1 = Fma.MultiplyAdd(w, v1, d1);
            d2 = Fma.MultiplyAdd(w, v2, d2);
        }
        Store(y, a0, b0, c0, d0, add);
        Store(y + outputs, a1, b1, c1, d1, add);
        Store(y + (2L * outputs), a2, b2, c2, d2, add);
    }

    // Eight weights as float32; bfloat16 (ushort) is the upper half of one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load<TWeight>(TWeight* weights) where TWeight : unmanaged => typeof(TWeight) == typeof(float)
        ? Vector256.Load((float*)weights)
        : Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(Vector128.Load((ushort*)weights)), 16).AsSingle();

    private static void Store(float* y, Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, bool add)
    {
        var sums = Sse3.HorizontalAdd(Sse3.HorizontalAdd(Folded(a), Folded(b)), Sse3.HorizontalAdd(Folded(c), Folded(d)));
        (add ? Vector128.Load(y) + sums : sums).Store(y);
    }

    private static Vector128<float> Folded(Vector256<float> sums) => sums.GetLower() + sums.GetUpper();
}
