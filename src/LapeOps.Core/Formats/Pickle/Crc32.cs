namespace LapeOps.Formats.Pickle;

/// <summary>The checksum of zip records: CRC-32 with the reflected polynomial 0xEDB88320 (APPNOTE.TXT 4.4.7).</summary>
internal static class Crc32
{
    private static readonly uint[] _table = [.. Enumerable.Range(0, 256).Select(i => Shift((uint)i))];

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = _table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint Shift(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320;
        return value;
    }
}
