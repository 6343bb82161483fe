using System.Text;

namespace LapeOps.Tokenization.Tests;

public sealed class NormalizationTests
{
    /// <summary>Without those that Unicode got after 9.0, for which the tables know nothing, and the platform may.</summary>
    private static readonly Lazy<string[]> Characters = new(() =>
        [.. Enumerable.Range(0, 0x30000).Where(c => Rune.IsValid(c) && IsKnown(c)).Select(char.ConvertFromUtf32)]);

    [Theory]
    [InlineData("NFC", NormalizationForm.FormC)]
    [InlineData("NFD", NormalizationForm.FormD)]
    [InlineData("NFKC", NormalizationForm.FormKC)]
    [InlineData("NFKD", NormalizationForm.FormKD)]
    public void Every_character_alone_and_with_others_becomes_what_the_platform_makes_of_it(string name, NormalizationForm form)
    {
        SkipWithoutPlatform();
        var normalize = Normalize(name);
        foreach (var character in Characters.Value)
            Assert.Equal(character.Normalize(form), normalize(character));
        var random = new Random(5);
        string[] likely = ["\u0301", "\u0323", "\u0327", "\u05B0", "\u064B", "\u093C", "\u0345", "e", "\u00E9", "\u1161", "\u11A8", "\u1100", "\uAC00", "\u2126", "\uFB01"];
        for (var round = 0; round < 30_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ =>
                random.Next(3) == 0 ? Characters.Value[random.Next(Characters.Value.Length)] : likely[random.Next(likely.Length)]));
            Assert.Equal(text.Normalize(form), normalize(text));
        }
    }

    [Theory]
    [InlineData("NFC", "e\u0301\u0323", "\u1EB9\u0301")]                   // ordered by class: 0323 (220) before 0301 (230)
    [InlineData("NFC", "\u00E9\u0323", "\u1EB9\u0301")]
    [InlineData("NFC", "\u0958", "\u0915\u093C")]                          // excluded from composition
    [InlineData("NFC", "\u1100\u1161\u11A8 \uAC00\u11A8", "\uAC01 \uAC01")]
    [InlineData("NFD", "\uAC01\u00E9", "\u1100\u1161\u11A8e\u0301")]
    [InlineData("NFKC", "\uFB01\u2460\uFF21\u1FC1", "fi1A \u0308\u0342")]
    [InlineData("NFKD", "\u1E9B\u0323", "s\u0323\u0307")]
    [InlineData("NFC", "a\u0301\U00011F42\u0316", "\u00E1\U00011F42\u0316")]
    public void Forms_are_those_of_the_standard_s_examples(string name, string text, string expected) =>
        Assert.Equal(expected, Normalize(name)(text));

    [Theory]
    [InlineData("\u0301\u1DFA\u0316")]                                     // 1DFA of Unicode 14 has class 218
    [InlineData("\U00011938\u0301")]
    public void Marks_later_than_Unicode_9_are_starters(string text) => Assert.Equal(text, Normalize("NFC")(text));

    [Fact]
    public void A_million_marks_are_sorted_in_no_time()
    {
        var text = "e" + string.Concat(Enumerable.Repeat("\u0301\u0316", 500_000));
        var normalized = Normalize("NFD")(text);
        Assert.Equal("e" + new string('\u0316', 500_000) + new string('\u0301', 500_000), normalized);
    }

    private static bool IsKnown(int c) => c is not (0x7FD or 0x9FE or (>= 0xAFA and <= 0xAFF) or 0xB55 or 0xC3C or 0xD3B or 0xD3C or 0xEBA or 0xECE or 0x1715)
        && (c is < 0x860 or (>= 0x900 and < 0x1AB0) or (>= 0x1E00 and < 0x20F1) or (>= 0x2100 and < 0x218A)
        or (>= 0x2460 and < 0x2500) or (>= 0x2A00 and < 0x2B00) or (>= 0x2F00 and < 0x3100) or (>= 0x3200 and < 0x32FF) or (>= 0x3300 and < 0x3400)
        or (>= 0xAC00 and < 0xD7A4) or (>= 0xF900 and < 0xFFFE) or (>= 0x1D100 and < 0x1D200) or (>= 0x1D400 and < 0x1D800)
        or (>= 0x1EE00 and < 0x1F12E) or (>= 0x2F800 and < 0x2FA1E));

    /// <summary>What a normalizer makes of a text, by way of a model and a decoder that keep it as it is.</summary>
    private static Func<string, string> Normalize(string name)
    {
        var tokenizer = TokenizerFile.Load(ByteTokens.Model, """{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}""",
            decoder: """{"type": "ByteLevel"}""", normalizer: $$"""{"type": "{{name}}"}""");
        return text => tokenizer.Decode(tokenizer.Encode(text, false), false);
    }

    private static void SkipWithoutPlatform()
    {
        AppContext.TryGetSwitch("System.Globalization.Invariant", out var invariant);
        Assert.SkipWhen(invariant, "Without ICU the platform normalizes nothing.");
    }
}
