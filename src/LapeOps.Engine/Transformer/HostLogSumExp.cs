using System.Numerics;
using System.Runtime.CompilerServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>log(sum(exp(x))) of each row in float32 on a CPU, while the core's cache has the row; torch makes a copy of all rows in between.</summary>
internal static unsafe class HostLogSumExp
{
    /// <summary>[rows, numbers] to [rows].</summary>
    public static Tensor LogSumExp(Tensor x)
    {
        var (rows, count) = (x.shape[0], (int)x.shape[1]);
        var y = empty([rows], ScalarType.Float32, CPU);
        float* from = x.Address<float>(), to = y.Address<float>();
        HostTensor.ForEachRow(rows, count, row => to[row] = LogSumExp(from + (row * count), count));
        return y;
    }

    [MethodImpl(InnerLoop.Compiled)]
    private static float LogSumExp(float* x, int count)
    {
        var lanes = Vector<float>.Count;
        var most = HostGreatest.Of(x, count);
        var i = 0;
        Vector<float> a = default, b = default, shift = new(most);
        for (; i <= count - (2 * lanes); i += 2 * lanes)
        {
            a += HostExp.Exp(Vector.Load(x + i) - shift);
            b += HostExp.Exp(Vector.Load(x + i + lanes) - shift);
        }
        var sum = Vector.Sum(a + b);
        for (; i < count; i++)
            sum += MathF.Exp(x[i] - most);
        return most + MathF.Log(sum);
    }
}
