using System.Globalization;
using System.Text;

namespace LapeOps.Tokenization.Tests;

public sealed class UnicodeTableTests
{
    private static readonly int[] Everything = [.. Enumerable.Range(0, 0x110000).Where(Rune.IsValid)];

    private static readonly string EveryCharacter = string.Concat(Everything.Select(char.ConvertFromUtf32));

    [Theory]
    [InlineData("L", UnicodeCategory.UppercaseLetter, UnicodeCategory.OtherLetter)]
    [InlineData("M", UnicodeCategory.NonSpacingMark, UnicodeCategory.EnclosingMark)]
    [InlineData("N", UnicodeCategory.DecimalDigitNumber, UnicodeCategory.OtherNumber)]
    [InlineData("P", UnicodeCategory.ConnectorPunctuation, UnicodeCategory.OtherPunctuation)]
    [InlineData("S", UnicodeCategory.MathSymbol, UnicodeCategory.OtherSymbol)]
    [InlineData("Z", UnicodeCategory.SpaceSeparator, UnicodeCategory.ParagraphSeparator)]
    [InlineData("Lu", UnicodeCategory.UppercaseLetter, UnicodeCategory.UppercaseLetter)]
    [InlineData("Ll", UnicodeCategory.LowercaseLetter, UnicodeCategory.LowercaseLetter)]
    [InlineData("Nd", UnicodeCategory.DecimalDigitNumber, UnicodeCategory.DecimalDigitNumber)]
    [InlineData("Cf", UnicodeCategory.Format, UnicodeCategory.Format)]
    public void Categories_are_those_of_Unicode_16(string name, UnicodeCategory first, UnicodeCategory last)
    {
        Assert.SkipUnless(
            CharUnicodeInfo.GetUnicodeCategory(0x1C89) == UnicodeCategory.UppercaseLetter
            && CharUnicodeInfo.GetUnicodeCategory(0x10940) == UnicodeCategory.OtherNotAssigned,
            "This runtime's own data are not of Unicode 16.");
        Assert.Equal(Everything.Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is var category && category >= first && category <= last), Matches($@"\p{{{name}}}"));
    }

    [Fact]
    public void White_space_is_that_of_PropList() => Assert.Equal(
        [9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, .. Enumerable.Range(0x2000, 11), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000],
        Matches(@"\s"));

    [Fact]
    public void Digits_are_the_numbers_of_Unicode_17()
    {
        var numbers = TokenizerFile.Load(model: TokenizerFile.OneTokenAPiece, preTokenizer: """{"type": "Digits", "individual_digits": true}""")
            .EncodeToTokens(EveryCharacter, out _)
            .Select(token => EveryCharacter[token.Offset])
            .Where(piece => piece.EnumerateRunes().Count() == 1)
            .Select(piece => piece.EnumerateRunes().Single().Value)
            .ToHashSet();
        foreach (var added in (int[])[.. Enumerable.Range(0x11DE0, 10), 0x16FF4, 0x16FF5, 0x16FF6])
            Assert.Contains(added, numbers);
        Assert.Superset(Matches(@"\p{N}").ToHashSet(), numbers);
    }

    private static IEnumerable<int> Matches(string pattern) =>
        TokenizerFile.Load(model: TokenizerFile.OneTokenAPiece, preTokenizer: TokenizerFile.Split(pattern, "Removed", invert: true))
            .EncodeToTokens(EveryCharacter, out _)
            .Select(token => char.ConvertToUtf32(EveryCharacter, token.Offset.Start.Value));
}
