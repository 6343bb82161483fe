using System.Text.Json;

namespace LapeOps.Tokenization.Tests;

public sealed class DecoderChainTests
{
    private const string Llama = """
        {"type": "Sequence", "decoders": [
          {"type": "Replace", "pattern": {"String": "_"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
          {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
        """;

    [Theory]
    [InlineData(Llama, "_a|b|_c", "ab c")]
    [InlineData(Llama, "_|_a", " a")]
    [InlineData(Llama, "<0xE2>|<0x82>|<0xAC>|a", "\u20ACa")]
    [InlineData(Llama, "<0xE2>|<0x82>|a", "\uFFFD\uFFFDa")]
    [InlineData(Llama, "<0x41>|<0xE2>", "\uFFFD\uFFFD")]                     // the run as a whole is no UTF-8
    [InlineData(Llama, "<0x4G>|<0x041>", "<0x4G><0x041>")]
    [InlineData(Llama, "", "")]
    [InlineData("""{"type": "Strip", "content": " ", "start": 2, "stop": 1}""", "   a  |b ", " a b")]
    [InlineData("""{"type": "Strip", "content": " ", "start": 1, "stop": 1}""", " ", "")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "_", "start": 0, "stop": 2}]}""", "a_|_b|_|_|_", "a__b_")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": "[ab]+"}, "content": "x"}""", "ab|ac|cc", "xxccc")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Replace", "pattern": {"String": "ab"}, "content": "x"}]}""", "a|ba|b", "xx")]
    [InlineData("""{"type": "Metaspace", "replacement": "_", "prepend_scheme": "always"}""", "_a|_b|c_", "a bc ")]
    [InlineData("""{"type": "Metaspace", "replacement": "_", "prepend_scheme": "never"}""", "_a|_b", " a b")]
    [InlineData("""{"type": "Metaspace", "replacement": "_", "add_prefix_space": true}""", "a_b|_c", "ab c")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": true}""", "do|##n|'|t|!|I|'m", "don ' t! I'm")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": false}""", "##a|##b|c|!", "##ab c !")]
    [InlineData("""{"type": "BPEDecoder", "suffix": "</w>"}""", "a|b</w>|c</w>", "ab c")]
    [InlineData("""{"type": "BPEDecoder"}""", "", "")]
    [InlineData("""{"type": "CTC", "pad_token": "<p>", "word_delimiter_token": "|", "cleanup": true}""", "h|h|<p>|h|i|i", "hhi")]
    [InlineData("null", "a|b", "a b")]
    public void Tokens_become(string decoder, string tokens, string text)
    {
        string[] list = tokens.Length == 0 ? [] : tokens.Split('|');
        var vocabulary = list.Distinct().ToList();
        var tokenizer = TokenizerFile.Load(TokenizerFile.Bpe(vocabulary.DefaultIfEmpty("a"), []), decoder: decoder);
        var ids = list.Select(token => vocabulary.IndexOf(token)).ToArray();
        Assert.Equal(text, tokenizer.Decode(ids, skipSpecialTokens: false));
        var stream = tokenizer.StreamDecoder(skipSpecialTokens: false);
        Assert.Equal(text, string.Concat(ids.Select(stream.Push)) + stream.Flush());
    }

    [Fact]
    public void Text_comes_as_soon_as_it_is_certain()
    {
        var tokenizer = TokenizerFile.Load(TokenizerFile.Bpe(["_a", "b", "<0xC3>", "<0xA9>"], []), decoder: Llama);
        var decoder = tokenizer.StreamDecoder(skipSpecialTokens: false);
        Assert.Equal(["a", " a", "b", "", "", "\u00E9b"], new[] { 0, 0, 1, 2, 3, 1 }.Select(decoder.Push));
    }

    [Fact]
    public void An_added_token_is_decoded_as_it_was_normalized()
    {
        var tokenizer = TokenizerFile.Load(
            TokenizerFile.Bpe(["a", "_"], []), normalizer: """{"type": "Replace", "pattern": {"String": " "}, "content": "_"}""",
            addedTokens: """[{"id": 2, "content": "x y"}, {"id": 3, "content": "z z", "normalized": false}]""", decoder: Llama);
        Assert.Equal([0, 2, 0, 3], tokenizer.Encode("ax yaz z", false));
        Assert.Equal("ax yaz z", tokenizer.Decode([0, 2, 0, 3], false));
        Assert.Equal(2, tokenizer.TokenId("x y"));
    }

    [Fact]
    public void A_replacement_that_takes_too_long_is_an_error_of_ours()
    {
        var long_ = new string('a', 5000);
        var tokenizer = TokenizerFile.Load(
            $$$"""{"type": "BPE", "vocab": {{{{JsonSerializer.Serialize(long_)}}}: 0}, "merges": []}""",
            decoder: """{"type": "Replace", "pattern": {"Regex": "(a|aa)+(?!a)b"}, "content": ""}""");
        Assert.Equal("TokenizerUnsupported", Assert.Throws<LapeException>(() => tokenizer.Decode([0], false)).ErrorId);
    }
}
