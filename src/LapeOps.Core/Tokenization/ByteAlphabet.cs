namespace LapeOps.Tokenization;

/// <summary>
/// The printable character that stands for each byte in byte-level vocabularies (GPT-2, <c>bytes_to_unicode</c>): the byte itself
/// where that is a visible character of Latin-1, else the next free one from U+0100 on.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Make();
    private static readonly int[] Bytes = Invert();

    /// <summary>The character for a byte.</summary>
    public static char ToCharacter(byte value) => Characters[value];

    /// <summary>The byte for a character, or -1 where it stands for none.</summary>
    public static int ToByte(char character) => character < Bytes.Length ? Bytes[character] : -1;

    private static char[] Make()
    {
        var characters = new char[256];
        var next = '\u0100';
        for (var b = 0; b < 256; b++)
            characters[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : next++;
        return characters;
    }

    private static int[] Invert()
    {
        var bytes = new int[Characters.Max() + 1];
        Array.Fill(bytes, -1);
        for (var b = 0; b < 256; b++)
            bytes[Characters[b]] = b;
        return bytes;
    }
}
