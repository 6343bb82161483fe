namespace LapeOps.Corpora;

/// <summary>
/// A set of hashes that forgets none and takes some for members that are not (Bloom 1970): 4 bits each in 16 MB, so that of other hashes it
/// passes 2 in a hundred beside 16 million, and 6 in ten beside 64 million.
/// </summary>
internal sealed class BloomFilter
{
    private const int Words = 1 << 21, Hashes = 4, BitsOfIndex = 27;

    private readonly ulong[] _bits = new ulong[Words];

    public void Add(UInt128 key)
    {
        for (var i = 0; i < Hashes; i++, key >>= BitsOfIndex)
            _bits[Word(key)] |= Bit(key);
    }

    public bool MayHave(UInt128 key)
    {
        for (var i = 0; i < Hashes; i++, key >>= BitsOfIndex)
            if ((_bits[Word(key)] & Bit(key)) == 0)
                return false;
        return true;
    }

    private static int Word(UInt128 key) => (int)((ulong)key >> 6) & (Words - 1);

    private static ulong Bit(UInt128 key) => 1UL << ((int)key & 63);
}
