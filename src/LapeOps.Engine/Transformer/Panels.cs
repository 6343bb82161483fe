using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LapeOps.Native;

namespace LapeOps.Transformers;

/// <summary>Numbers in the order in which <see cref="PanelKernel"/> reads them: panels of 8 or 16 columns, and sixes of rows. Rows are float, or ushort for bfloat16.</summary>
internal static unsafe class Panels
{
    /// <summary>Eight numbers of eight rows, transposed.</summary>
    /// <param name="from">[8, 8], each row <paramref name="stride"/> numbers after the one before.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="to">[8, 8]</param>
    /// <param name="toStride">Numbers from one row of <paramref name="to"/> to the next.</param>
    [MethodImpl(InnerLoop.Compiled)]
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
    [MethodImpl(InnerLoop.Compiled)]
    public static void Pack<TRow>(TRow* row, long stride, int inputs, int width, float* panel) where TRow : unmanaged
    {
        for (var i = 0; i < inputs; i += PanelKernel.Lanes)
            for (var first = 0; first < width; first += PanelKernel.Lanes)
                Transpose(row + (first * stride) + i, stride, panel + ((long)i * width) + first, width);
    }

    /// <summary>
    /// Six rows to be read in the order of memory, as rows a power of two apart drive each other out of the first cache: [6, inputs] to [inputs / 8, 6, 8].
    /// </summary>
    /// <param name="row">[6, inputs], each <paramref name="stride"/> numbers after the one before.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="inputs">How many, whole vectors.</param>
    /// <param name="six">[inputs / 8, 6, 8]</param>
    [MethodImpl(InnerLoop.Compiled)]
    public static void PackSix<TRow>(TRow* row, long stride, int inputs, float* six) where TRow : unmanaged
    {
        TRow* b = row + stride, c = b + stride, d = c + stride, e = d + stride, f = e + stride;
        for (var i = 0; i < inputs; i += PanelKernel.Lanes, six += PanelKernel.Rows * PanelKernel.Lanes)
        {
            Load(row + i).Store(six);
            Load(b + i).Store(six + PanelKernel.Lanes);
            Load(c + i).Store(six + (2 * PanelKernel.Lanes));
            Load(d + i).Store(six + (3 * PanelKernel.Lanes));
            Load(e + i).Store(six + (4 * PanelKernel.Lanes));
            Load(f + i).Store(six + (5 * PanelKernel.Lanes));
        }
    }

    /// <summary>Eight numbers as float32; bfloat16 (ushort) is the upper half of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load<TRow>(TRow* numbers) where TRow : unmanaged => typeof(TRow) == typeof(float)
        ? Vector256.Load((float*)numbers)
        : Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(Vector128.Load((ushort*)numbers)), 16).AsSingle();

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
}
