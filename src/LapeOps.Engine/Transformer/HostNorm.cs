using System.Numerics;
using System.Runtime.CompilerServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// RMS norm in float32 on a CPU in one pass over memory, where torch's operations take six: a row is scaled while the core's cache has it.
/// </summary>
internal static unsafe class HostNorm
{
    /// <summary>(x / sqrt(mean(x^2) + epsilon)) * weight over the last dimension, [.., width].</summary>
    public static Tensor Norm(Tensor x, Tensor weight, double epsilon)
    {
        var y = empty_like(x);
        var width = (int)x.shape[^1];
        float* from = x.Address<float>(), to = y.Address<float>(), scale = weight.Address<float>();
        HostTensor.ForEachRow(x.numel() / width, width, row => Norm(from + (row * width), scale, to + (row * width), width, (float)epsilon));
        return y;
    }

    [MethodImpl(InnerLoop.Compiled)]
    private static void Norm(float* x, float* weight, float* y, int width, float epsilon)
    {
        // Four sums, since one would wait for itself.
        Vector<float> a = default, b = default, c = default, d = default;
        var lanes = Vector<float>.Count;
        var i = 0;
        for (; i <= width - (4 * lanes); i += 4 * lanes)
        {
            Vector<float> p = Vector.Load(x + i), q = Vector.Load(x + i + lanes), r = Vector.Load(x + i + (2 * lanes)), s = Vector.Load(x + i + (3 * lanes));
            a += p * p;
            b += q * q;
            c += r * r;
            d += s * s;
        }
        var sum = Vector.Sum((a + b) + (c + d));
        for (; i < width; i++)
            sum += x[i] * x[i];
        var factor = 1 / MathF.Sqrt((sum / width) + epsilon);
        for (i = 0; i <= width - lanes; i += lanes)
            (Vector.Load(x + i) * factor * Vector.Load(weight + i)).Store(y + i);
        for (; i < width; i++)
            y[i] = x[i] * factor * weight[i];
    }
}
