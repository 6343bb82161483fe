using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LapeOps.Native;

namespace LapeOps.Transformers;

/// <summary>
/// The innermost loops of <see cref="PanelLinear"/> and of attention, with vectors of eight numbers, of which a processor keeps sixteen.
/// <see cref="Panels"/> puts rows and columns in their order.
/// </summary>
internal static unsafe class PanelKernel
{
    /// <summary>Numbers of a vector.</summary>
    public const int Lanes = 8;

    /// <summary>Rows of one product, so many that with two vectors each all sums stay in registers.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a wide panel.</summary>
    public const int Wide = 2 * Lanes;

    /// <summary>Whether this processor has these vectors.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Six packed rows times a panel of sixteen columns.</summary>
    /// <param name="six">[inputs / 8, 6, 8]</param>
    /// <param name="panel">[inputs, 16]</param>
    /// <param name="inputs">How many, whole vectors.</param>
    /// <param name="y">[6, 16]</param>
    /// <param name="outputs">Numbers from one row of <paramref name="y"/> to the next.</param>
    /// <param name="after">[6, 16] sums of the inputs before, added at the end, which loses less than one long sum; null where there are none.</param>
    /// <param name="ahead">What is to be read next, and comes from memory meanwhile.</param>
    [MethodImpl(InnerLoop.Compiled)]
    public static void SixTimesWide(float* six, float* panel, int inputs, float* y, long outputs, float* after, void* ahead)
    {
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        Vector256<float> d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        var next = (byte*)ahead;
        for (var end = panel + ((long)inputs * Wide); panel < end; six += Lanes * Rows, panel += Lanes * Wide, next += Lanes * Rows * sizeof(ushort))
        {
            Sse.Prefetch0(next);
            Sse.Prefetch0(next + CacheLine.Bytes);
            Step(six, panel, ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1);
            Step(six + 1, panel + Wide, ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1);
            Step(six + 2, panel + (2 * Wide), ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1);
            Step(six + 3, panel + (3 * Wide), ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1);
            Step(six + 4, panel + (4 * Wide), ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1);
            Step(six + 5, panel + (5 * Wide), ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1);
            Step(six + 6, panel + (6 * Wide), ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1);
            Step(six + 7, panel + (7 * Wide), ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1);
        }
        if (after is not null)
        {
            Add(after, ref a0, ref a1);
            Add(after + Wide, ref b0, ref b1);
            Add(after + (2 * Wide), ref c0, ref c1);
            Add(after + (3 * Wide), ref d0, ref d1);
            Add(after + (4 * Wide), ref e0, ref e1);
            Add(after + (5 * Wide), ref f0, ref f1);
        }
        Store(a0, a1, y);
        Store(b0, b1, y + outputs);
        Store(c0, c1, y + (2 * outputs));
        Store(d0, d1, y + (3 * outputs));
        Store(e0, e1, y + (4 * outputs));
        Store(f0, f1, y + (5 * outputs));
    }

    /// <summary>Six packed rows times a panel of eight columns, as <see cref="SixTimesWide"/>; odd inputs and even ones are summed apart.</summary>
    [MethodImpl(InnerLoop.Compiled)]
    public static void SixTimesNarrow(float* six, float* panel, int inputs, float* y, long outputs, float* after, void* ahead)
    {
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        Vector256<float> d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        var next = (byte*)ahead;
        for (var end = panel + ((long)inputs * Lanes); panel < end; six += Lanes * Rows, panel += Lanes * Lanes, next += Lanes * Rows * sizeof(ushort))
        {
            Sse.Prefetch0(next);
            Sse.Prefetch0(next + CacheLine.Bytes);
            for (var i = 0; i < Lanes; i += 2)
            {
                Vector256<float> p0 = Vector256.Load(panel + (i * Lanes)), p1 = Vector256.Load(panel + ((i + 1) * Lanes));
                a0 = Fma.MultiplyAdd(Everywhere(six + i), p0, a0);
                a1 = Fma.MultiplyAdd(Everywhere(six + i + 1), p1, a1);
                b0 = Fma.MultiplyAdd(Everywhere(six + Lanes + i), p0, b0);
                b1 = Fma.MultiplyAdd(Everywhere(six + Lanes + i + 1), p1, b1);
                c0 = Fma.MultiplyAdd(Everywhere(six + (2 * Lanes) + i), p0, c0);
                c1 = Fma.MultiplyAdd(Everywhere(six + (2 * Lanes) + i + 1), p1, c1);
                d0 = Fma.MultiplyAdd(Everywhere(six + (3 * Lanes) + i), p0, d0);
                d1 = Fma.MultiplyAdd(Everywhere(six + (3 * Lanes) + i + 1), p1, d1);
                e0 = Fma.MultiplyAdd(Everywhere(six + (4 * Lanes) + i), p0, e0);
                e1 = Fma.MultiplyAdd(Everywhere(six + (4 * Lanes) + i + 1), p1, e1);
                f0 = Fma.MultiplyAdd(Everywhere(six + (5 * Lanes) + i), p0, f0);
                f1 = Fma.MultiplyAdd(Everywhere(six + (5 * Lanes) + i + 1), p1, f1);
            }
        }
        if (after is not null)
        {
            a0 += Vector256.Load(after);
            b0 += Vector256.Load(after + Lanes);
            c0 += Vector256.Load(after + (2 * Lanes));
            d0 += Vector256.Load(after + (3 * Lanes));
            e0 += Vector256.Load(after + (4 * Lanes));
            f0 += Vector256.Load(after + (5 * Lanes));
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
    [MethodImpl(InnerLoop.Compiled)]
    public static void FourOfOneToken<TRow>(float* token, TRow* row, int inputs, float* y) where TRow : unmanaged
    {
        // Two sums an output, since one would wait for itself.
        Vector256<float> a = default, b = default, c = default, d = default, a2 = default, b2 = default, c2 = default, d2 = default;
        var ahead = (byte*)(row + (4L * inputs)); // the next four rows, in the order of memory
        TRow* w1 = row + inputs, w2 = w1 + inputs, w3 = w2 + inputs;
        var i = 0;
        for (; i <= inputs - (2 * Lanes); i += 2 * Lanes, ahead += 8 * Lanes * sizeof(TRow))
        {
            for (var line = 0; line < 8 * Lanes * sizeof(TRow); line += CacheLine.Bytes)
                Sse.Prefetch0(ahead + line);
            Vector256<float> v = Vector256.Load(token + i), v2 = Vector256.Load(token + i + Lanes);
            a = Fma.MultiplyAdd(Panels.Load(row + i), v, a);
            b = Fma.MultiplyAdd(Panels.Load(w1 + i), v, b);
            c = Fma.MultiplyAdd(Panels.Load(w2 + i), v, c);
            d = Fma.MultiplyAdd(Panels.Load(w3 + i), v, d);
            a2 = Fma.MultiplyAdd(Panels.Load(row + i + Lanes), v2, a2);
            b2 = Fma.MultiplyAdd(Panels.Load(w1 + i + Lanes), v2, b2);
            c2 = Fma.MultiplyAdd(Panels.Load(w2 + i + Lanes), v2, c2);
            d2 = Fma.MultiplyAdd(Panels.Load(w3 + i + Lanes), v2, d2);
        }
        if (i < inputs)
        {
            var v = Vector256.Load(token + i);
            a = Fma.MultiplyAdd(Panels.Load(row + i), v, a);
            b = Fma.MultiplyAdd(Panels.Load(w1 + i), v, b);
            c = Fma.MultiplyAdd(Panels.Load(w2 + i), v, c);
            d = Fma.MultiplyAdd(Panels.Load(w3 + i), v, d);
        }
        Sse3.HorizontalAdd(Sse3.HorizontalAdd(Folded(a + a2), Folded(b + b2)), Sse3.HorizontalAdd(Folded(c + c2), Folded(d + d2))).Store(y);
    }

    /// <summary>Three outputs of four tokens, where rows and tokens stand.</summary>
    /// <param name="token">[4, inputs]</param>
    /// <param name="row">[3, inputs], one row after another.</param>
    /// <param name="inputs">How many, whole vectors.</param>
    /// <param name="y">[4, 3]</param>
    /// <param name="outputs">Numbers from one token of <paramref name="y"/> to the next.</param>
    [MethodImpl(InnerLoop.Compiled)]
    public static void ThreeOfFourTokens<TRow>(float* token, TRow* row, int inputs, float* y, long outputs) where TRow : unmanaged
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        Vector256<float> c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        float* tokenB = token + inputs, tokenC = tokenB + inputs, tokenD = tokenC + inputs;
        TRow* w1 = row + inputs, w2 = w1 + inputs;
        var ahead = (byte*)(w2 + inputs); // the next three rows, in the order of memory
        for (var i = 0; i < inputs; i += Lanes, ahead += 3 * Lanes * sizeof(TRow))
        {
            for (var line = 0; line < 3 * Lanes * sizeof(TRow); line += CacheLine.Bytes)
                Sse.Prefetch0(ahead + line);
            Vector256<float> p0 = Panels.Load(row + i), p1 = Panels.Load(w1 + i), p2 = Panels.Load(w2 + i);
            AddTimes(Vector256.Load(token + i), p0, p1, p2, ref a0, ref a1, ref a2);
            AddTimes(Vector256.Load(tokenB + i), p0, p1, p2, ref b0, ref b1, ref b2);
            AddTimes(Vector256.Load(tokenC + i), p0, p1, p2, ref c0, ref c1, ref c2);
            AddTimes(Vector256.Load(tokenD + i), p0, p1, p2, ref d0, ref d1, ref d2);
        }
        StoreSums(a0, a1, a2, y);
        StoreSums(b0, b1, b2, y + outputs);
        StoreSums(c0, c1, c2, y + (2 * outputs));
        StoreSums(d0, d1, d2, y + (3 * outputs));
    }

    private static Vector128<float> Folded(Vector256<float> sums) => sums.GetLower() + sums.GetUpper();

    // One input of six rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(float* six, float* panel,
        ref Vector256<float> a0, ref Vector256<float> a1, ref Vector256<float> b0, ref Vector256<float> b1, ref Vector256<float> c0, ref Vector256<float> c1,
        ref Vector256<float> d0, ref Vector256<float> d1, ref Vector256<float> e0, ref Vector256<float> e1, ref Vector256<float> f0, ref Vector256<float> f1)
    {
        Vector256<float> p0 = Vector256.Load(panel), p1 = Vector256.Load(panel + Lanes);
        AddTimes(Everywhere(six), p0, p1, ref a0, ref a1);
        AddTimes(Everywhere(six + Lanes), p0, p1, ref b0, ref b1);
        AddTimes(Everywhere(six + (2 * Lanes)), p0, p1, ref c0, ref c1);
        AddTimes(Everywhere(six + (3 * Lanes)), p0, p1, ref d0, ref d1);
        AddTimes(Everywhere(six + (4 * Lanes)), p0, p1, ref e0, ref e1);
        AddTimes(Everywhere(six + (5 * Lanes)), p0, p1, ref f0, ref f1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTimes(Vector256<float> factor, Vector256<float> p0, Vector256<float> p1, ref Vector256<float> sum0, ref Vector256<float> sum1)
    {
        sum0 = Fma.MultiplyAdd(factor, p0, sum0);
        sum1 = Fma.MultiplyAdd(factor, p1, sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTimes(Vector256<float> factors, Vector256<float> p0, Vector256<float> p1, Vector256<float> p2,
        ref Vector256<float> sum0, ref Vector256<float> sum1, ref Vector256<float> sum2)
    {
        sum0 = Fma.MultiplyAdd(factors, p0, sum0);
        sum1 = Fma.MultiplyAdd(factors, p1, sum1);
        sum2 = Fma.MultiplyAdd(factors, p2, sum2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreSums(Vector256<float> first, Vector256<float> second, Vector256<float> third, float* y)
    {
        var sums = Sse3.HorizontalAdd(Sse3.HorizontalAdd(Folded(first), Folded(second)), Sse3.HorizontalAdd(Folded(third), default));
        Sse.StoreLow(y, sums);
        y[2] = sums[2];
    }

    private static Vector256<float> Everywhere(float* number) => Avx.BroadcastScalarToVector256(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* sums, ref Vector256<float> first, ref Vector256<float> second)
    {
        first += Vector256.Load(sums);
        second += Vector256.Load(sums + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> first, Vector256<float> second, float* y)
    {
        first.Store(y);
        second.Store(y + Lanes);
    }
}
