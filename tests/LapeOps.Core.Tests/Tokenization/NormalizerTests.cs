using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Tokenization.Tests;

public sealed class NormalizerTests
{
    [Theory]
    [InlineData("""{"type": "Prepend", "prepend": "_"}""", "a", "_a")]
    [InlineData("""{"type": "Prepend", "prepend": "_"}""", "_a", "__a")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "ab"}, "content": "c"}""", "aabab", "acc")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "_"}""", "a b  c   ", "a b_c_")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "a"}, "content": ""}""", "aba", "b")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "a"}, "content": ""}""", "aa", "")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": true}""", "\u3000\n a b\t\u0085", "a b")]
    [InlineData("""{"type": "Strip", "strip_left": false, "strip_right": true}""", " a ", " a")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": true}""", " \t", "")]
    [InlineData("""{"type": "Lowercase"}""", "A\u00C9\u03A3\u0130\u0100\U00010400\u1E9E\U00016EA0", "a\u00E9\u03C3i\u0307\u0101\U00010428\u00DF\U00016EBB")]
    [InlineData("""{"type": "StripAccents"}""", "e\u0301\u0903\u20DD\u00E9", "e\u00E9")]
    [InlineData("""{"type": "Nmt"}""", "a\u0001\tb\u200Bc\u2581\u008F", "a b c ")]
    [InlineData("""{"type": "ByteLevel"}""", " \u00E9", "\u0120\u00C3\u00A9")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}""", "\u00C9T\u00C9", "ete")]
    public void A_text_becomes(string normalizer, string text, string expected) => Assert.Equal(expected, Normalized(normalizer, text));

    [Fact]
    public void Every_upper_case_letter_that_the_platform_knows_becomes_its_lower_case()
    {
        var text = string.Join(' ', Enumerable.Range(0, 0x110000).Where(c => Rune.IsValid(c) && c != 0x130).Select(char.ConvertFromUtf32));
        foreach (var (was, became) in text.Split(' ').Zip(Normalized("""{"type": "Lowercase"}""", text).Split(' ')))
            Assert.True(was.ToLowerInvariant() is var lower && (lower == was || lower == became), $"{was} became {became}");
    }

    /// <summary>A becomes b, A with a grave accent c, and nothing else changes.</summary>
    [Theory]
    [InlineData("A", "b")]
    [InlineData("xAx", "xbx")]
    [InlineData("A\u0300", "b")]                 // the whole cluster of 3 bytes for its shortest match
    [InlineData("A\u0300\u0301", "b")]           // 5 bytes
    [InlineData("A\u0300\u0301\u0302", "b\u0300\u0301\u0302")] // 7 bytes: character by character
    [InlineData("\u0600A", "\u0600b")]           // a cluster without a match: character by character
    [InlineData("\0A\0", "\0b\0")]
    public void The_library_replaces_short_clusters_as_wholes(string text, string expected) => Assert.Equal(
        expected, Normalized($$"""{"type": "Precompiled", "precompiled_charsmap": "{{Convert.ToBase64String(SmallMap)}}"}""", text));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("AAAA")]
    [InlineData("/////w==")]
    [InlineData("AwAAAAAAAA==")]
    [InlineData("BAAAAAAAAAD//w==")]
    public void A_broken_table_is_refused(string table)
    {
        if (table is "" or "null")
        {
            Assert.Equal("A", Normalized(table == "" ? """{"type": "Precompiled", "precompiled_charsmap": ""}""" : """{"type": "Precompiled"}""", "A"));
            return;
        }
        var error = Assert.Throws<LapeException>(() => Normalized($$"""{"type": "Precompiled", "precompiled_charsmap": "{{table}}"}""", "A"));
        Assert.Equal("TokenizerInvalid", error.ErrorId);
    }

    [Fact]
    public void Any_changed_table_is_refused_or_gives_some_text()
    {
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var changed = SmallMap;
            for (var i = 0; i < 3; i++)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            var error = Record.Exception(() => Normalized(
                $$"""{"type": "Precompiled", "precompiled_charsmap": "{{Convert.ToBase64String(changed)}}"}""", "A\u0300 AAx\u00E9"));
            Assert.True(error is null or LapeException, error?.ToString());
        }
    }

    /// <summary>
    /// A double array by hand: keys 41 and 41 CC 80. From a unit at n with offset o, byte b leads to n ^ o ^ b; a unit is
    /// offset &lt;&lt; 10 | leaf &lt;&lt; 8 | label, and the value of a leaf stands at n ^ o.
    /// </summary>
    internal static byte[] SmallMap
    {
        get
        {
            var units = new uint[0x100];
            units[0] = 1 << 10;
            units[0 ^ 1 ^ 0x41] = 2 << 10 | 1 << 8 | 0x41;
            units[0x40 ^ 2] = 1u << 31 | 0;
            units[0x40 ^ 2 ^ 0xCC] = 4 << 10 | 0xCC;
            units[0x8E ^ 4 ^ 0x80] = 1 << 10 | 1 << 8 | 0x80;
            units[0x0A ^ 1] = 1u << 31 | 2;
            var bytes = new byte[4 + (4 * units.Length) + 4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, 4 * units.Length);
            for (var i = 0; i < units.Length; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 + (4 * i)), units[i]);
            "b\0c\0"u8.CopyTo(bytes.AsSpan(bytes.Length - 4));
            return bytes;
        }
    }

    /// <summary>What a normalizer makes of a text, by way of a model and a decoder that keep it as it is.</summary>
    internal static string Normalized(string normalizer, string text)
    {
        var tokenizer = TokenizerFile.Load(
            ByteTokens.Model, """{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}""", decoder: """{"type": "ByteLevel"}""", normalizer: normalizer);
        return tokenizer.Decode(tokenizer.Encode(text, false), false);
    }
}
