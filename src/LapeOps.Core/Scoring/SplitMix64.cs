namespace LapeOps.Scoring;

/// <summary>
/// The generator splitmix64 (Steele, Lea, Flood 2014): our own, so that a seed means the same with every version of .NET.
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number in 0..<paramref name="bound"/>-1, each equally likely: products that would favour some are drawn again (Lemire 2019).</summary>
    public int Below(int bound)
    {
        var unfair = (ulong.MaxValue - (ulong)bound + 1) % (ulong)bound;
        while (true)
        {
            var high = Math.BigMul(Next(), (ulong)bound, out var low);
            if (low >= unfair)
                return (int)high;
        }
    }

    /// <summary>Uniform in [0, 1), with 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
