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
    public static void OneToken<TWeight>(float* x, TWeight* rows, float* y, int inputs) where TWeight : unmanaged
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        var ahead = (byte*)(rows + (4L * inputs)); // the next four rows, in the order of memory
        for (var i = 0; i < inputs; i += Vector256<float>.Count, ahead += 4 * Vector256<float>.Count * sizeof(TWeight))
        {
            for (var line = 0; line < 4 * Vector256<float>.Count * sizeof(TWeight); line += CacheLine)
                Sse.Prefetch0(ahead + line);
            var v = Vector256.Load(x + i);
            var w = rows + i;
            a = Fma.MultiplyAdd(Load(w), v, a);
            b = Fma.MultiplyAdd(Load(w + inputs), v, b);
            c = Fma.MultiplyAdd(Load(w + (2 * inputs)), v, c);
            d = Fma.MultiplyAdd(Load(w + (3 * inputs)), v, d);
        }
        Store(y, a, b, c, d, add: false);
    }

    /// <inheritdoc/>
    public static void Widen(ushort* from, float* to, int count)
    {
        for (var i = 0; i < count; i += Vector256<float>.Count)
            Load(from + i).Store(to + i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile<TWeight>(float* tile, float* rows, TWeight* ahead, int count, int stride, float* y, int outputs, bool add)
        where TWeight : unmanaged
    {
        // Twelve sums, which stay in registers.
        Vector256<float> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        Vector256<float> c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        float* w1 = rows + stride, w2 = w1 + stride, w3 = w2 + stride;
        for (var i = 0; i < count; i += Vector256<float>.Count, tile += Tokens * Vector256<float>.Count)
        {
            Sse.Prefetch0(ahead + i);
            Vector256<float> v0 = Vector256.Load(tile), v1 = Vector256.Load(tile + 8), v2 = Vector256.Load(tile + 16);
            var w = Vector256.Load(rows + i);
            a0 = Fma.MultiplyAdd(w, v0, a0);
            a1 = Fma.MultiplyAdd(w, v1, a1);
            a2 = Fma.MultiplyAdd(w, v2, a2);
            w = Vector256.Load(w1 + i);
            b0 = Fma.MultiplyAdd(w, v0, b0);
            b1 = Fma.MultiplyAdd(w, v1, b1);
            b2 = Fma.MultiplyAdd(w, v2, b2);
            w = Vector256.Load(w2 + i);
            c0 = Fma.MultiplyAdd(w, v0, c0);
            c1 = Fma.MultiplyAdd(w, v1, c1);
            c2 = Fma.MultiplyAdd(w, v2, c2);
            w = Vector256.Load(w3 + i);
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
