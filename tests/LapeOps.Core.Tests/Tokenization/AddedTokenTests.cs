namespace LapeOps.Tokenization.Tests;

public sealed class AddedTokenTests
{
    [Theory]
    [InlineData("a<x>b", new[] { 0, 4, 1 })]
    [InlineData("<x><x>", new[] { 4, 4 })]
    [InlineData("a<x", new[] { 0 })]
    [InlineData("<<x>", new[] { 4 })]
    public void Tokens_are_found_in_the_text(string text, int[] ids) =>
        Assert.Equal(ids, Load(Token(4, "<x>")).Encode(text, false));

    [Theory]
    [InlineData("abc", new[] { 5, 2 })]     // ab before bc, which begins later
    [InlineData("abcd", new[] { 7 })]       // the longest of those that begin at a
    [InlineData("bcd", new[] { 6, 3 })]
    public void The_leftmost_goes_first_then_the_longest(string text, int[] ids) =>
        Assert.Equal(ids, Load(Token(4, "<x>"), Token(5, "ab"), Token(6, "bc"), Token(7, "abcd")).Encode(text, false));

    [Theory]
    [InlineData(true, false, "a|  <x>|  b")]
    [InlineData(false, true, "a  |<x>  |b")]
    [InlineData(true, true, "a|  <x>  |b")]
    [InlineData(false, false, "a  |<x>|  b")]
    public void White_space_beside_it_may_go_along(bool left, bool right, string pieces)
    {
        var token = Token(1, "<x>", options: $""", "lstrip": {Json(left)}, "rstrip": {Json(right)}""");
        Assert.Equal(pieces.Split('|'), Pieces("a  <x>  b", token));
    }

    [Fact]
    public void White_space_goes_along_once() => Assert.Equal(
        ["<x>  ", "<x>"], Pieces("<x>  <x>", Token(1, "<x>", options: """, "lstrip": true, "rstrip": true""")));

    [Theory]
    [InlineData("x", "x")]
    [InlineData("a x b", "a |x| b")]
    [InlineData("ax b", "ax b")]
    [InlineData("a xb", "a xb")]
    [InlineData("_x", "_x")]
    [InlineData("\U0001F130x", "\U0001F130x")]
    [InlineData("\U0001F600x\U0001F600", "\U0001F600|x|\U0001F600")]
    public void A_single_word_has_no_word_character_beside_it(string text, string pieces) =>
        Assert.Equal(pieces.Split('|'), Pieces(text, Token(1, "x", options: """, "single_word": true""")));

    [Fact]
    public void Tokens_of_the_text_as_given_are_found_before_those_of_the_normalized_text() => Assert.Equal(
        [5, 4], Load(Token(4, "<x>"), Token(5, "a<", options: """, "normalized": true"""), Token(6, "a<x", options: """, "normalized": true""")).Encode("a<<x>", false));

    [Fact]
    public void The_pre_tokenizer_does_not_see_added_tokens()
    {
        var tokenizer = TokenizerFile.Load(
            TokenizerFile.Bpe(["a", "Ġ"], []), """{"type": "ByteLevel", "add_prefix_space": true}""", $"[{Token(2, "<x>")}]");
        Assert.Equal([1, 0, 2, 1, 0], tokenizer.Encode("a<x>a", false));
    }

    [Fact]
    public void Special_tokens_can_be_left_out_and_unknown_ids_always_are()
    {
        var tokenizer = Load(Token(4, "<s>"), Token(5, "<x>", special: false));
        Assert.Equal("<s> a <x>", tokenizer.Decode([4, 0, 5], skipSpecialTokens: false));
        Assert.Equal("a <x>", tokenizer.Decode([-1, 4, 0, 6, 2_000_000_000, 5], skipSpecialTokens: true));
        Assert.True(tokenizer.IsSpecial(4));
        Assert.False(tokenizer.IsSpecial(5));
        Assert.False(tokenizer.IsSpecial(99));
        Assert.Equal(6, tokenizer.VocabularySize);
        Assert.Equal(5, tokenizer.TokenId("<x>"));
        Assert.Equal(0, tokenizer.TokenId("a"));
        Assert.Null(tokenizer.TokenId("z"));
    }

    private static string Json(bool value) => value ? "true" : "false";

    private static string Token(int id, string content, bool special = true, string options = "") =>
        $$"""{"id": {{id}}, "content": "{{content}}", "special": {{Json(special)}}, "normalized": false {{options}}}""";

    private static HuggingFaceTokenizer Load(params string[] tokens) => TokenizerFile.Load(addedTokens: $"[{string.Join(',', tokens)}]");

    private static IEnumerable<string> Pieces(string text, string token) =>
        TokenizerFile.Load(TokenizerFile.OneTokenAPiece, addedTokens: $"[{token}]").EncodeToTokens(text, out _).Select(t => text[t.Offset]);
}
