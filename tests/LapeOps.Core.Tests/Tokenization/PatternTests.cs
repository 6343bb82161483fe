namespace LapeOps.Tokenization.Tests;

public sealed class PatternTests
{
    [Theory]
    // Characters beyond U+FFFF are one character.
    [InlineData(".", "a\U0001F600b", "a|\U0001F600|b")]
    [InlineData(@"\p{L}+", "\U00010330\U00010331x \U00020000", "\U00010330\U00010331x| |\U00020000")]
    [InlineData(@"[^a]", "a\U0001F600a", "a|\U0001F600|a")]
    // Quantifiers and what they give back.
    [InlineData(@"a{2}", "aaaaa", "aa|aa|a")]
    [InlineData(@"a{2,3}", "aaaaa", "aaa|aa")]
    [InlineData(@"a{,2}b", "aaab", "a|aab")]
    [InlineData(@"a{2,}", "aaaaab", "aaaaa|b")]
    [InlineData(@"a+ab", "aaab", "aaab")]
    [InlineData(@"a++ab|b", "aaab", "aaa|b")]
    [InlineData(@"(?>a+)ab|b", "aaab", "aaa|b")]
    [InlineData(@"(?:ab)+c?", "ababcab", "ababc|ab")]
    [InlineData(@"(?:ab?)++b|c", "aabbc", "aabb|c")]
    [InlineData(@"(?:a|b){1,2}c|a", "aabca", "a|abc|a")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b  ", "a|  | |b|  ")]
    [InlineData(@"a(?=b)", "aab", "a|a|b")]
    // The first alternative that leads to a match, not the longest.
    [InlineData(@"a|ab", "ab", "a|b")]
    [InlineData(@"(?:a|ab)c|b", "abc", "abc")]
    // Classes.
    [InlineData(@"[a-cx\-]+", "ab-xd", "ab-x|d")]
    [InlineData(@"[]a]+", "a]b", "a]|b")]
    [InlineData(@"[^(\s|[.,!?…。，、।۔،])]+", "ab, c(d", "ab|, |c|(|d")]
    [InlineData(@"[\p{Lu}\p{Lt}]+", "ABcǅ", "AB|c|ǅ")]
    [InlineData(@"[^\P{N}]+", "a12b", "a|12|b")]
    [InlineData(@"\p{^L}+", "ab12", "ab|12")]
    [InlineData(@"\d+", "a१२²", "a|१२|²")]
    [InlineData(@"\D+", "a1", "a|1")]
    [InlineData(@"[\r\n\t]", "a\r\nb\t", "a|\r|\n|b|\t")]
    [InlineData(@"\u00e9|\x{1F600}|\x41", "é\U0001F600Ab", "é|\U0001F600|A|b")]
    // Case folding: the long s and the Kelvin sign are letters of ASCII in another dress.
    [InlineData(@"(?i:'s|'k)", "'s'S'ſ'K'x", "'s|'S|'ſ|'K|'x")]
    [InlineData(@"'(?i:[sdmt]|ll)", "'D'Ll'p", "'D|'Ll|'p")]
    [InlineData(@"(?i:a)a", "AaAA", "Aa|AA")]
    [InlineData(@"[一-龥぀-ゟ゠-ヿ]+", "漢字かなab", "漢字かな|ab")]
    public void A_pattern_matches_what_Oniguruma_matches(string pattern, string text, string pieces) =>
        Assert.Equal(pieces.Split('|'), TokenizerFile.Pieces(TokenizerFile.Split(pattern), text));

    [Theory]
    [InlineData(@"a*?", "lazy")]
    [InlineData(@"a{2}+", "quantifier")]
    [InlineData(@"a**", "quantifier")]
    [InlineData(@"a{x}", "brace")]
    [InlineData(@"a{5000}", "1000")]
    [InlineData(@"*a", "nothing to repeat")]
    [InlineData(@"^a", "anchor")]
    [InlineData(@"a$", "anchor")]
    [InlineData(@"\bx", @"\b")]
    [InlineData(@"(a)\1", @"\1")]
    [InlineData(@"(?<=a)b", "(?<=")]
    [InlineData(@"(?<n>a)", "(?<n")]
    [InlineData(@"(?i)a", "(?i)")]
    [InlineData(@"\p{Han}", @"\p{Han}")]
    [InlineData(@"\pL", "braces")]
    [InlineData(@"[[:alpha:]]", "POSIX")]
    [InlineData(@"[a&&b]", "&&")]
    [InlineData(@"[a", "class")]
    [InlineData(@"[z-a]", "range")]
    [InlineData(@"(a", "closed")]
    [InlineData(@"a)", "parenthesis")]
    [InlineData(@"\", "character")]
    [InlineData(@"\xff", @"\x")]
    [InlineData(@"\ud83d", "character")]
    [InlineData(@"(?i:é)", "ASCII")]
    [InlineData(@"(?i:ss)", "(?i)")]
    [InlineData(@"(?:a?)*", "empty")]
    [InlineData(@"a*", "empty")]
    [InlineData(@"(?!a)", "empty")]
    [InlineData(@"(?:(?:(?:a{1,999}b){1,999}){1,999})", "instructions")]
    public void Other_syntax_is_refused_by_name(string pattern, string named)
    {
        var error = Assert.Throws<LapeException>(() => TokenizerFile.Load(preTokenizer: TokenizerFile.Split(pattern)));
        Assert.Equal("TokenizerUnsupported", error.ErrorId);
        Assert.Contains("pre_tokenizer", error.Message);
        Assert.Contains(named, error.Message);
    }

    [Theory]
    [InlineData(4000, "deep")]
    [InlineData(40_000, "4096")]
    public void Deep_nesting_and_long_patterns_are_refused(int length, string named) => Assert.Contains(named, Assert.Throws<LapeException>(
        () => TokenizerFile.Load(preTokenizer: TokenizerFile.Split(new string('(', length)))).Message);

    [Fact]
    public void A_pattern_that_would_take_for_ever_is_an_error()
    {
        var tokenizer = TokenizerFile.Load(preTokenizer: TokenizerFile.Split("(?:a|a)+b"));
        var error = Assert.Throws<LapeException>(() => tokenizer.Encode(new string('a', 60), false));
        Assert.Equal("TokenizerUnsupported", error.ErrorId);
        Assert.Contains("steps", error.Message);
    }
}
