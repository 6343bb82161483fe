using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Tokenization.Normalizers;

/// <summary>
/// SentencePiece's precompiled_charsmap (normalizer.cc): the size in bytes of a double-array trie over UTF-8 (darts-clone), its units, and
/// the replacements, each ended by a zero byte, to which the trie's values point. All little-endian.
/// </summary>
internal sealed class CharsMap
{
    private const int MostBytes = 64 << 20;

    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly string?[] _ascii = new string?[128];

    private CharsMap(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
        for (var c = 1; c < _ascii.Length; c++)
            _ascii[c] = Longest([(char)c], out _);
    }

    /// <summary>Reads a map; null where the bytes are none.</summary>
    public static CharsMap? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < 4 or > MostBytes)
            return null;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (size is < 4 || size % 4 != 0 || size > bytes.Length - 4)
            return null;
        var units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (4 * i))..]);
        var replacements = bytes[(4 + (int)size)..];
        return System.Text.Unicode.Utf8.IsValid(replacements) ? new(units, replacements.ToArray()) : null;
    }

    /// <summary>What stands for the shortest beginning of the text that has a replacement; null where none has.</summary>
    public string? Shortest(ReadOnlySpan<char> text) => text is [< '\u0080'] ? _ascii[text[0]] : Find(text, longest: false, out _);

    /// <summary>What stands for the longest beginning of the text that has a replacement, and its length; null where none has.</summary>
    public string? Longest(ReadOnlySpan<char> text, out int length) => Find(text, longest: true, out length);

    private string? Find(ReadOnlySpan<char> text, bool longest, out int length)
    {
        length = 0;
        var found = -1;
        var node = Offset(_units[0]);
        var at = 0;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            at += rune.Utf16SequenceLength;
            var value = -1;
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                if (!Step(ref node, b, ref value))
                    return Replacement(found);
            if (value >= 0)
                (found, length) = (value, at);
            if (value >= 0 && !longest)
                break;
        }
        return Replacement(found);
    }

    /// <summary>Goes on by a byte; sets <paramref name="value"/> where a key ends with it. False where no key goes on so.</summary>
    private bool Step(ref uint node, byte b, ref int value)
    {
        node ^= b;
        // Zero ends keys, and so is part of none.
        if (b == 0 || node >= _units.Length || (_units[node] & (1u << 31 | 0xFF)) != b)
            return false;
        var hasLeaf = (_units[node] >> 8 & 1) == 1;
        node ^= Offset(_units[node]);
        if (hasLeaf && node < _units.Length)
            value = (int)(_units[node] & int.MaxValue);
        return true;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1u << 9) >> 6);

    private string? Replacement(int start)
    {
        if (start < 0 || start > _replacements.Length)
            return null;
        var rest = _replacements.AsSpan(start);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
