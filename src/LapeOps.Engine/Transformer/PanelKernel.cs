using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LapeOps.Transformers;

/// <summary>
/// The innermost loops of <see cref="PanelLinear"/>, with vectors of eight numbers, of which a processor keeps sixteen. Rows are float, or ushort
/// for bfloat16; a panel is [inputs, 8 or 16].
/// </summary>
internal static unsafe class PanelKernel
{
    /// <summary>Numbers of a vector.</summary>
    public const int Lanes = 8;

    /// <summary>Rows of one product, so many that with two vectors each all sums stay in registers.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a wide panel.</summary>
    public const int Wide = 2 * Lanes;

    private const int CacheLine = 64;

    /// <summary>Whether this processor has these vectors.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Six rows times a panel of sixteen columns.</summary>
    /// <param name="row">[6, inputs], each <paramref name="stride"/> numbers after the one before.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="panel">[inputs, 16]</param>
    /// <param name="inputs">How many, an even number.</param>
    /// <param name="y">[6, 16]</param>
    /// <param name="outputs">Numbers from one row of <paramref name="y"/> to the next.</param>
    /// <param name="add">Whether the sums are added to what is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TimesWide<TRow>(TRow* row, long stride, float* panel, int inputs, float* y, long outputs, bool add = false) where TRow : unmanaged
    {
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        Vector256<float> d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        TRow* b = row + stride, c = b + stride, d = c + stride, e = d + stride, f = e + stride;
        for (nint start = 0, end; start < inputs; start = end)
        {
            end = Math.Min(inputs, start + (CacheLine / sizeof(TRow)));
            PrefetchNext(row + start, stride);
            for (var i = start; i < end; i += 2, panel += 2 * Wide)
            {
                Vector256<float> p0 = Vector256.Load(panel), p1 = Vector256.Load(panel + Lanes);
                var w = First(row + i);
                a0 = Fma.MultiplyAdd(w, p0, a0);
                a1 = Fma.MultiplyAdd(w, p1, a1);
                w = First(b + i);
                b0 = Fma.MultiplyAdd(w, p0, b0);
                b1 = Fma.MultiplyAdd(w, p1, b1);
                w = First(c + i);
                c0 = Fma.MultiplyAdd(w, p0, c0);
                c1 = Fma.MultiplyAdd(w, p1, c1);
                w = First(d + i);
                d0 = Fma.MultiplyAdd(w, p0, d0);
                d1 = Fma.MultiplyAdd(w, p1, d1);
                w = First(e + i);
                e0 = Fma.MultiplyAdd(w, p0, e0);
                e1 = Fma.MultiplyAdd(w, p1, e1);
                w = First(f + i);
                f0 = Fma.MultiplyAdd(w, p0, f0);
                f1 = Fma.MultiplyAdd(w, p1, f1);
                p0 = Vector256.Load(panel + Wide);
                p1 = Vector256.Load(panel + Wide + Lanes);
                w = Second(row + i);
                a0 = Fma.MultiplyAdd(w, p0, a0);
                a1 = Fma.MultiplyAdd(w, p1, a1);
                w = Second(b + i);
                b0 = Fma.MultiplyAdd(w, p0, b0);
                b1 = Fma.MultiplyAdd(w, p1, b1);
                w = Second(c + i);
                c0 = Fma.MultiplyAdd(w, p0, c0);
                c1 = Fma.MultiplyAdd(w, p1, c1);
                w = Second(d + i);
                d0 = Fma.MultiplyAdd(w, p0, d0);
                d1 = Fma.MultiplyAdd(w, p1, d1);
                w = Second(e + i);
                e0 = Fma.MultiplyAdd(w, p0, e0);
                e1 = Fma.MultiplyAdd(w, p1, e1);
                w = Second(f + i);
                f0 = Fma.MultiplyAdd(w, p0, f0);
                f1 = Fma.MultiplyAdd(w, p1, f1);
            }
        }
        Store(a0, a1, y, add);
        Store(b0, b1, y + outputs, add);
        Store(c0, c1, y + (2 * outputs), add);
        Store(d0, d1, y + (3 * outputs), add);
        Store(e0, e1, y + (4 * outputs), add);
        Store(f0, f1, y + (5 * outputs), add);
    }

    /// <summary>Six rows times a panel of eight columns, as <see cref="TimesWide"/>; odd inputs and even ones are summed apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TimesNarrow<TRow>(TRow* row, long stride, float* panel, int inputs, float* y, long outputs) where TRow : unmanaged
    {
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        Vector256<float> d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        TRow* b = row + stride, c = b + stride, d = c + stride, e = d + stride, f = e + stride;
        for (nint start = 0, end; start < inputs; start = end)
        {
            end = Math.Min(inputs, start + (CacheLine / sizeof(TRow)));
            PrefetchNext(row + start, stride);
            for (var i = start; i < end; i += 2, panel += 2 * Lanes)
            {
                Vector256<float> p0 = Vector256.Load(panel), p1 = Vector256.Load(panel + Lanes);
                a0 = Fma.MultiplyAdd(First(row + i), p0, a0);
                a1 = Fma.MultiplyAdd(Second(row + i), p1, a1);
                b0 = Fma.MultiplyAdd(First(b + i), p0, b0);
                b1 = Fma.MultiplyAdd(Second(b + i), p1, b1);
                c0 = Fma.MultiplyAdd(First(c + i), p0, c0);
                c1 = Fma.MultiplyAdd(Second(c + i), p1, c1);
                d0 = Fma.MultiplyAdd(First(d + i), p0, d0);
                d1 = Fma.MultiplyAdd(Second(d + i), p1, d1);
                e0 = Fma.MultiplyAdd(First(e + i), p0, e0);
                e1 = Fma.MultiplyAdd(Second(e + i), p1, e1);
                f0 = Fma.MultiplyAdd(First(f + i), p0, f0);
                f1 = Fma.MultiplyAdd(Second(f + i), p1, f1);
            }
        }
        (a0 + a1).Store(y);
        (b0 + b1).Store(y + outputs);
        (c0 + c1).Store(y + (2 * outputs));
        (d0 + d1).Store(y + (3 * outputs));
        (e0 + e1).Store(y + (4 * outputs));
        (f0 + f1).Store(y + (5 * outputs));
    }

    /// <summary>Four outputs of one token.</summary>
    /// <param name="token">[inputs]</param>
    /// <param name="row">[4, inputs], one row after another.</param>
    /// <param name="inputs">How many, whole vectors.</param>
    /// <param name="y">[4]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourOfOneToken<TRow>(float* token, TRow* row, int inputs, float* y) where TRow : unmanaged
    {
        // Two sums an output, since one would wait for itself.
        Vector256<float> a = default, b = default, c = default, d = default, a2 = default, b2 = default, c2 = default, d2 = default;
        var ahead = (byte*)(row + (4L * inputs)); // the next four rows, in the order of memory
        TRow* w1 = row + inputs, w2 = w1 + inputs, w3 = w2 + inputs;
        var i = 0;
        for (; i <= inputs - (2 * Lanes); i += 2 * Lanes, ahead += 8 * Lanes * sizeof(TRow))
        {
            for (var line = 0; line < 8 * Lanes * sizeof(TRow); line += CacheLine)
                Sse.Prefetch0(ahead + line);
            Vector256<float> v = Vector256.Load(token + i), v2 = Vector256.Load(token + i + Lanes);
            a = Fma.MultiplyAdd(Load(row + i), v, a);
            b = Fma.MultiplyAdd(Load(w1 + i), v, b);
            c = Fma.MultiplyAdd(Load(w2 + i), v, c);
            d = Fma.MultiplyAdd(Load(w3 + i), v, d);
            a2 = Fma.MultiplyAdd(Load(row + i + Lanes), v2, a2);
            b2 = Fma.MultiplyAdd(Load(w1 + i + Lanes), v2, b2);
            c2 = Fma.MultiplyAdd(Load(w2 + i + Lanes), v2, c2);
            d2 = Fma.MultiplyAdd(Load(w3 + i + Lanes), v2, d2);
        }
        if (i < inputs)
        {
            var v = Vector256.Load(token + i);
            a = Fma.MultiplyAdd(Load(row + i), v, a);
            b = Fma.MultiplyAdd(Load(w1 + i), v, b);
            c = Fma.MultiplyAdd(Load(w2 + i), v, c);
            d = Fma.MultiplyAdd(Load(w3 + i), v, d);
        }
        Sse3.HorizontalAdd(Sse3.HorizontalAdd(Folded(a + a2), Folded(b + b2)), Sse3.HorizontalAdd(Folded(c + c2), Folded(d + d2))).Store(y);
    }

    /// <summary>Eight numbers of eight rows, transposed.</summary>
    /// <param name="from">[8, 8], each row <paramref name="stride"/> numbers after the one before.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="to">[8, 8]</param>
    /// <param name="toStride">Numbers from one row of <paramref name="to"/> to the next.</param>
    public static void Transpose<TRow>(TRow* from, long stride, float* to, long toStride) where TRow : unmanaged
    {
        Vector256<float> r0 = Load(from), r1 = Load(from + stride), r2 = Load(from + (2 * stride)), r3 = Load(from + (3 * stride));
        from += 4 * stride;
        Vector256<float> r4 = Load(from), r5 = Load(from + stride), r6 = Load(from + (2 * stride)), r7 = Load(from + (3 * stride));
        Quarters(r0, r1, r2, r3, out var low0, out var low1, out var low2, out var low3);
        Quarters(r4, r5, r6, r7, out var high0, out var high1, out var high2, out var high3);
        Avx.Permute2x128(low0, high0, 0x20).Store(to);
        Avx.Permute2x128(low1, high1, 0x20).Store(to + toStride);
        Avx.Permute2x128(low2, high2, 0x20).Store(to + (2 * toStride));
        Avx.Permute2x128(low3, high3, 0x20).Store(to + (3 * toStride));
        to += 4 * toStride;
        Avx.Permute2x128(low0, high0, 0x31).Store(to);
        Avx.Permute2x128(low1, high1, 0x31).Store(to + toStride);
        Avx.Permute2x128(low2, high2, 0x31).Store(to + (2 * toStride));
        Avx.Permute2x128(low3, high3, 0x31).Store(to + (3 * toStride));
    }

    /// <summary>Rows as a panel: [width, inputs] to [inputs, width].</summary>
    /// <param name="row">[width, inputs], each <paramref name="stride"/> numbers after the one before.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="inputs">How many, whole vectors.</param>
    /// <param name="width">8 or 16.</param>
    /// <param name="panel">[inputs, width]</param>
    public static void Pack<TRow>(TRow* row, long stride, int inputs, int width, float* panel) where TRow : unmanaged
    {
        for (var i = 0; i < inputs; i += Lanes)
            for (var first = 0; first < width; first += Lanes)
                Transpose(row + (first * stride) + i, stride, panel + ((long)i * width) + first, width);
    }

    // Eight numbers as float32; bfloat16 (ushort) is the upper half of one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load<TRow>(TRow* numbers) where TRow : unmanaged => typeof(TRow) == typeof(float)
        ? Vector256.Load((float*)numbers)
        : Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(Vector128.Load((ushort*)numbers)), 16).AsSingle();

    private static Vector128<float> Folded(Vector256<float> sums) => sums.GetLower() + sums.GetUpper();

    // Both halves of four rows, each half a square of its own, transposed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3,
        out Vector256<float> q0, out Vector256<float> q1, out Vector256<float> q2, out Vector256<float> q3)
    {
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1), low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        q0 = Avx.Shuffle(low01, low23, 0x44);
        q1 = Avx.Shuffle(low01, low23, 0xEE);
        q2 = Avx.Shuffle(high01, high23, 0x44);
        q3 = Avx.Shuffle(high01, high23, 0xEE);
    }

    // The rows after these come from memory meanwhile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchNext<TRow>(TRow* row, long stride) where TRow : unmanaged
    {
        for (var ahead = Rows; ahead < 2 * Rows; ahead++)
            Sse.Prefetch0(row + (ahead * stride));
    }

    // The first, or the second, of two numbers in all places. Two of bfloat16 are read at once; the first is the lower half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> First<TRow>(TRow* two) where TRow : unmanaged => typeof(TRow) == typeof(float)
        ? Avx.BroadcastScalarToVector256((float*)two)
        : Vector256.ShiftLeft(Avx2.BroadcastScalarToVector256((uint*)two), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Second<TRow>(TRow* two) where TRow : unmanaged => typeof(TRow) == typeof(float)
        ? Avx.BroadcastScalarToVector256((float*)two + 1)
        : (Avx2.BroadcastScalarToVector256((uint*)two) & Vector256.Create(0xFFFF0000u)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> first, Vector256<float> second, float* y, bool add)
    {
        if (add)
        {
            first += Vector256.Load(y);
            second += Vector256.Load(y + Lanes);
        }
        first.Store(y);
        second.Store(y + Lanes);
    }
}
