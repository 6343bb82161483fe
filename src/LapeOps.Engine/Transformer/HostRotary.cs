using System.Numerics;
using System.Runtime.CompilerServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>Rotary positions in float32 on a CPU in one pass over memory, where torch's operations take five.</summary>
internal static unsafe class HostRotary
{
    /// <summary>Turns heads, [rows, tokens, heads, headWidth], by cosines and sines, [rows or none, tokens, 1, headWidth].</summary>
    public static Tensor Turn(Tensor heads, Tensor cos, Tensor sin)
    {
        var y = empty_like(heads);
        int count = (int)heads.shape[2], width = (int)heads.shape[3];
        var positions = cos.numel() / width; // tokens, or rows * tokens
        float* from = heads.Address<float>(), to = y.Address<float>(), cosines = cos.Address<float>(), sines = sin.Address<float>();
        HostTensor.ForEachRow(heads.shape[0] * heads.shape[1], count * width, token =>
        {
            var position = token % positions * width;
            for (var head = token * count; head < (token + 1) * count; head++)
                Turn(from + (head * width), cosines + position, sines + position, to + (head * width), width / 2);
        });
        return y;
    }

    // Element i of a head is turned with element i + half; tables repeat after half.
    [MethodImpl(InnerLoop.Compiled)]
    private static void Turn(float* head, float* cos, float* sin, float* y, int half)
    {
        var lanes = Vector<float>.Count;
        var i = 0;
        for (; i <= half - lanes; i += lanes)
        {
            Vector<float> a = Vector.Load(head + i), b = Vector.Load(head + half + i), u = Vector.Load(cos + i), v = Vector.Load(sin + i);
            ((a * u) - (b * v)).Store(y + i);
            ((b * u) + (a * v)).Store(y + half + i);
        }
        for (; i < half; i++)
        {
            y[i] = (head[i] * cos[i]) - (head[half + i] * sin[i]);
            y[half + i] = (head[half + i] * cos[i]) + (head[i] * sin[i]);
        }
    }
}
