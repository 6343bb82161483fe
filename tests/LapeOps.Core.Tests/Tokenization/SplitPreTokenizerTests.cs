namespace LapeOps.Tokenization.Tests;

public sealed class SplitPreTokenizerTests
{
    [Theory]
    [InlineData("Removed", false, "the|final|countdown")]
    [InlineData("Isolated", false, "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", false, "the-|final-|-|countdown")]
    [InlineData("MergedWithNext", false, "the|-final|-|-countdown")]
    [InlineData("Contiguous", false, "the|-|final|--|countdown")]
    [InlineData("Removed", true, "-|-|-")]
    [InlineData("Isolated", true, "the|-|final|-|-|countdown")]
    public void Each_behavior_treats_matches_in_its_way(string behavior, bool invert, string pieces)
    {
        foreach (var kind in new[] { "Regex", "String" })
            Assert.Equal(pieces.Split('|'), TokenizerFile.Pieces(TokenizerFile.Split("-", behavior, invert, kind), "the-final--countdown"));
    }

    [Theory]
    [InlineData("Removed", "a")]
    [InlineData("Isolated", "-|-|a|-")]
    [InlineData("MergedWithPrevious", "-|-|a-")]
    [InlineData("MergedWithNext", "-|-a|-")]
    [InlineData("Contiguous", "--|a|-")]
    public void Matches_at_the_ends_need_no_neighbour(string behavior, string pieces) =>
        Assert.Equal(pieces.Split('|'), TokenizerFile.Pieces(TokenizerFile.Split("-", behavior), "--a-"));

    [Theory]
    [InlineData(true, "a|1|2|²|b|Ⅷ")]
    [InlineData(false, "a|12²|b|Ⅷ")]
    public void Digits_are_all_numbers_alone_or_in_runs(bool individual, string pieces) => Assert.Equal(
        pieces.Split('|'),
        TokenizerFile.Pieces($$"""{"type": "Digits", "individual_digits": {{(individual ? "true" : "false")}}}""", "a12²bⅧ"));

    [Fact]
    public void A_sequence_splits_the_pieces_of_the_one_before()
    {
        var sequence = $$"""{"type": "Sequence", "pretokenizers": [{{TokenizerFile.Split(" ", "Removed")}}, {"type": "Digits"}]}""";
        Assert.Equal(["a", "1", "b", "2"], TokenizerFile.Pieces(sequence, "a1 b 2"));
    }

    [Theory]
    [InlineData("Hello  world's 12, ok!", "Hello| | world|'s| 12|,| ok|!")]
    [InlineData("a\n\nb ", "a|\n|\n|b| ")]
    public void ByteLevel_splits_as_GPT2_does(string text, string pieces) =>
        Assert.Equal(pieces.Split('|'), TokenizerFile.Pieces("""{"type": "ByteLevel", "add_prefix_space": false}""", text));

    [Theory]
    [InlineData("a", new[] { 2, 0 })]
    [InlineData(" a", new[] { 2, 0 })]
    [InlineData("é", new[] { 2, 3, 1 })]
    public void ByteLevel_turns_bytes_into_characters_after_a_space_that_it_adds(string text, int[] ids)
    {
        // é is C3 A9, and its bytes stand as Ã and ©; a space as Ġ.
        var tokenizer = TokenizerFile.Load(TokenizerFile.Bpe(["a", "©", "Ġ", "Ã"], []), """{"type": "ByteLevel", "add_prefix_space": true}""");
        Assert.Equal(ids, tokenizer.Encode(text, false));
    }
}
