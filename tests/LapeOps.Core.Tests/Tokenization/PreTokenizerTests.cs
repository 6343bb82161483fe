namespace LapeOps.Tokenization.Tests;

public sealed class PreTokenizerTests
{
    [Theory]
    [InlineData("""{"type": "WhitespaceSplit"}""", " ab  c\u3000d.\n", "ab|c|d.")]
    [InlineData("""{"type": "Whitespace"}""", "ab_1 c?!d \u00E9t\u0301\u200D\u2160.", "ab_1|c|?!|d|\u00E9t\u0301\u200D\u2160|.")]
    [InlineData("""{"type": "Punctuation"}""", "a?!b\u2026", "a|?|!|b|\u2026")]
    [InlineData("""{"type": "Punctuation", "behavior": "Contiguous"}""", "a?!b$+", "a|?!|b|$+")]
    [InlineData("""{"type": "Punctuation"}""", "\u20AC\u166D\u2E43", "\u20AC|\u166D|\u2E43")] // no, in Unicode 8, not yet
    [InlineData("""{"type": "BertPreTokenizer"}""", "it's  so", "it|'|s|so")]
    [InlineData("""{"type": "CharDelimiterSplit", "delimiter": "-"}""", "-a--b ", "a|b ")]
    [InlineData("""{"type": "FixedLength", "length": 2}""", "ab\U0001F600cd", "ab|\U0001F600c|d")]
    [InlineData("""{"type": "FixedLength"}""", "abcdef", "abcde|f")]
    [InlineData("""{"type": "Digits", "individual_digits": false}""", "a12\u0663b", "a|12\u0663|b")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "a12", "a|1|2")]
    public void A_text_is_cut_into(string preTokenizer, string text, string pieces) =>
        Assert.Equal(pieces.Split('|'), TokenizerFile.Pieces(preTokenizer, text));

    // a 0, b 1, _ 2, _a 3, _b 4, x 5 (an added token)
    [Theory]
    [InlineData("always", "true", "a b", new[] { 3, 4 })]
    [InlineData("always", "true", " a", new[] { 3 })]
    [InlineData("always", "true", "axb", new[] { 3, 5, 4 })]
    [InlineData("first", "true", "axb", new[] { 3, 5, 1 })]
    [InlineData("first", "true", "xb", new[] { 5, 1 })]
    [InlineData("never", "true", "a b", new[] { 0, 4 })]
    [InlineData("always", "true", "a  b", new[] { 3, 2, 4 })]
    [InlineData("never", "false", "ab a", new[] { 0, 1, 3 })]
    public void Metaspace_writes_its_character_for_spaces_and_before_pieces(string scheme, string split, string text, int[] ids) =>
        Assert.Equal(ids, Metaspace($$"""{"type": "Metaspace", "replacement": "_", "prepend_scheme": "{{scheme}}", "split": {{split}}}""").Encode(text, false));

    [Fact]
    public void Older_files_say_add_prefix_space()
    {
        Assert.Equal([3], Metaspace("""{"type": "Metaspace", "replacement": "_", "add_prefix_space": true}""").Encode("a", false));
        Assert.Equal([0], Metaspace("""{"type": "Metaspace", "replacement": "_", "add_prefix_space": false}""").Encode("a", false));
        var error = Assert.Throws<LapeException>(() => Metaspace("""{"type": "Metaspace", "replacement": "_", "add_prefix_space": false, "prepend_scheme": "always"}"""));
        Assert.Equal("TokenizerInvalid", error.ErrorId);
    }

    [Theory]
    [InlineData("""{"type": "Metaspace", "replacement": "__"}""", "one character")]
    [InlineData("""{"type": "Metaspace", "replacement": ""}""", "one character")]
    [InlineData("""{"type": "FixedLength", "length": 0}""", "above 0")]
    [InlineData("""{"type": "Split", "pattern": {"String": "a"}}""", "behavior is missing")]
    public void What_makes_no_sense_is_refused(string preTokenizer, string named) =>
        Assert.Contains(named, Assert.Throws<LapeException>(() => TokenizerFile.Load(preTokenizer: preTokenizer)).Message);

    [Fact]
    public void A_pattern_that_takes_too_long_is_named_with_its_place()
    {
        var tokenizer = TokenizerFile.Load(TokenizerFile.OneTokenAPiece, TokenizerFile.Split("(a|aa)+(?!a)b", "Isolated"));
        var error = Assert.Throws<LapeException>(() => tokenizer.Encode(new string('a', 5000), false));
        Assert.Equal("TokenizerUnsupported", error.ErrorId);
        Assert.Contains("pre_tokenizer: in the pattern \"(a|aa)+(?!a)b\"", error.Message);
    }

    private static HuggingFaceTokenizer Metaspace(string preTokenizer) => TokenizerFile.Load(
        TokenizerFile.Bpe(["a", "b", "_", "_a", "_b"], ["_ a", "_ b"]), preTokenizer, """[{"id": 5, "content": "x", "normalized": false}]""");
}
