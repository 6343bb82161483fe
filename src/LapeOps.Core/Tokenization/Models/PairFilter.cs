namespace LapeOps.Tokenization.Models;

/// <summary>
/// Pairs by a bit of a hash each: small enough for the processor's cache, and filled in a tenth of a set's time. Of a pair that was not added it may
/// say that it was.
/// </summary>
/// <param name="bits">The logarithm of how many bits there are, 6 or more.</param>
internal readonly struct PairFilter(int bits)
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15; // Knuth's multiplicative hash: 2^64 over the golden ratio

    private readonly ulong[] _words = new ulong[1 << (bits - 6)];
    private readonly int _shift = 64 - bits;

    /// <summary>The hash of a pair; its upper bits are the best.</summary>
    public static ulong Hash(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) * Multiplier;

    /// <summary>Adds the pair of a hash.</summary>
    public void Add(ulong hash)
    {
        var bit = hash >> _shift;
        _words[bit >> 6] |= 1UL << (int)(bit & 63);
    }

    /// <summary>Whether the pair of a hash may have been added.</summary>
    public bool MayContain(ulong hash)
    {
        var bit = hash >> _shift;
        return (_words[bit >> 6] >> (int)(bit & 63) & 1) != 0;
    }
}
