using LapeOps.Architectures;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>Rotary positions, in the convention that pairs element i of a head with element i + head/2. Tables are float32.</summary>
internal static class Rotary
{
    /// <summary>Angles per position of each pair, [headWidth / 2] float32, as transformers computes them.</summary>
    public static float[] Frequencies(Rope rope, int headWidth)
    {
        var frequencies = new float[headWidth / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            var frequency = (float)(1 / Math.Pow(rope.Theta, 2.0 * i / headWidth));
            frequencies[i] = rope.Scaling switch
            {
                RopeScaling.Linear linear => (float)(frequency / linear.Factor),
                RopeScaling.Llama3 llama3 => (float)Scaled(frequency, llama3),
                _ => frequency,
            };
        }
        return frequencies;
    }

    /// <summary>Cosines and sines for positions, each [.., tokens, 1, headWidth].</summary>
    /// <param name="frequencies">[headWidth / 2]</param>
    /// <param name="positions">[.., tokens], whole numbers.</param>
    public static (Tensor Cos, Tensor Sin) Tables(Tensor frequencies, Tensor positions)
    {
        var angles = positions.to(ScalarType.Float32).unsqueeze(-1) * frequencies; // [.., tokens, headWidth / 2]
        angles = cat([angles, angles], -1).unsqueeze(-2);
        return (angles.cos(), angles.sin());
    }

    /// <summary>Turns heads by their positions. <paramref name="heads"/> is [rows, tokens, heads, headWidth] float32.</summary>
    public static Tensor Turn(Tensor heads, Tensor cos, Tensor sin)
    {
        if (heads.IsHostFloat() && cos.IsHostFloat())
            return HostRotary.Turn(heads, cos, sin);
        var half = heads.shape[3] / 2;
        var turned = cat([heads.narrow(3, half, half).neg(), heads.narrow(3, 0, half)], 3);
        return (heads * cos).addcmul_(turned, sin, 1);
    }

    private static double Scaled(double frequency, RopeScaling.Llama3 scaling)
    {
        var wavelength = 2 * Math.PI / frequency;
        if (wavelength > scaling.OriginalLength / scaling.LowFrequencyFactor)
            return frequency / scaling.Factor;
        if (wavelength < scaling.OriginalLength / scaling.HighFrequencyFactor)
            return frequency;
        var smooth = ((scaling.OriginalLength / wavelength) - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return ((1 - smooth) * frequency / scaling.Factor) + (smooth * frequency);
    }
}
