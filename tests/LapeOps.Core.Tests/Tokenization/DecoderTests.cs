using System.Text;

namespace LapeOps.Tokenization.Tests;

public sealed class DecoderTests
{
    /// <summary>A tokenizer with a token a byte: the id is the byte. Added tokens: 256 is special, 257 has a space, 258 is no ASCII.</summary>
    private static readonly HuggingFaceTokenizer Bytes = TokenizerFile.Load(
        ByteTokens.Model,
        """{"type": "ByteLevel", "add_prefix_space": false}""",
        """[{"id": 256, "content": "<s>", "special": true}, {"id": 257, "content": "a b"}, {"id": 258, "content": "é\u2581"}]""",
        decoder: """{"type": "ByteLevel"}""");

    [Theory]
    [InlineData("plain")]
    [InlineData("Việt Nam, 日本語, \U0001F468\u200D\U0001F469")]
    [InlineData("\0\t\n\r\x7f\u0085\u00ad\ufeff")]
    public void Text_survives_the_way_there_and_back(string text)
    {
        var ids = Bytes.Encode(text, false);
        Assert.Equal(Encoding.UTF8.GetBytes(text).Select(b => (int)b), ids);
        Assert.Equal(text, Bytes.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Half_a_surrogate_pair_counts_as_the_replacement_character() =>
        Assert.Equal(Bytes.Encode("a\uFFFDb\uFFFD\uFFFD\U0001F600", false), Bytes.Encode("a\uD83Db\uDE00\uD83D\U0001F600", false));

    [Fact]
    public void An_emoji_spread_over_tokens_comes_whole_with_its_last()
    {
        var decoder = Bytes.StreamDecoder(skipSpecialTokens: false);
        Assert.Equal(["a", "", "", "", "\U0001F600", "", "é"], new[] { 'a', 0xF0, 0x9F, 0x98, 0x80, 0xC3, 0xA9 }.Select(id => decoder.Push(id)));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void Bytes_that_make_no_character_come_as_replacement_characters()
    {
        var decoder = Bytes.StreamDecoder(skipSpecialTokens: false);
        Assert.Equal(["", "", "\uFFFDa", "", ""], new[] { 0xE6, 0x97, 'a', 0xF0, 0x9F }.Select(id => decoder.Push(id)));
        Assert.Equal("\uFFFD", decoder.Flush());
    }

    [Fact]
    public void Special_tokens_do_not_tear_a_character_apart_when_skipped()
    {
        Assert.Equal("é", Bytes.Decode([0xC3, 256, 0xA9], skipSpecialTokens: true));
        Assert.Equal("\uFFFD<s>\uFFFD", Bytes.Decode([0xC3, 256, 0xA9], skipSpecialTokens: false));
    }

    [Fact]
    public void Added_tokens_outside_the_alphabet_stand_for_themselves() =>
        Assert.Equal("xa bé\u2581", Bytes.Decode([.. Bytes.Encode("xa bé\u2581", false)], skipSpecialTokens: true));

    [Fact]
    public void Streaming_any_bytes_gives_what_UTF8_decoding_of_all_gives()
    {
        var random = new Random(7);
        byte[] frequent = [0xF0, 0x9F, 0x98, 0x80, 0xE6, 0x97, 0xA5, 0xC3, 0xED, 0xA0, 0xFF, 0x41];
        for (var round = 0; round < 2000; round++)
        {
            var bytes = Enumerable.Range(0, random.Next(12)).Select(_ => frequent[random.Next(frequent.Length)]).ToArray();
            var decoder = Bytes.StreamDecoder(skipSpecialTokens: false);
            var parts = bytes.Select(b => decoder.Push(b)).ToList();
            parts.Add(decoder.Flush());
            Assert.Equal(Encoding.UTF8.GetString(bytes), string.Concat(parts));
            Assert.Equal(string.Concat(parts), Bytes.Decode(bytes.Select(b => (int)b), skipSpecialTokens: false));
            Assert.DoesNotContain(parts, part => part.Length > 0 && (char.IsLowSurrogate(part[0]) || char.IsHighSurrogate(part[^1])));
        }
    }

    [Fact]
    public void A_sequence_of_decoders_decodes_as_its_last_part_does()
    {
        var tokenizer = TokenizerFile.Load(
            ByteTokens.Model, decoder: """{"type": "Sequence", "decoders": [{"type": "Sequence", "decoders": []}, {"type": "ByteLevel"}]}""");
        Assert.Equal("é", tokenizer.Decode([0xC3, 0xA9], skipSpecialTokens: false));
    }
}
