namespace LapeOps.Tokenization.Tests;

public sealed class BpeModelTests
{
    // a 0, b 1, c 2, ab 3, bc 4, abc 5
    private static readonly string[] Tokens = ["a", "b", "c", "ab", "bc", "abc"];

    [Theory]
    [InlineData("abc", new[] { 5 })]        // a bc, then abc
    [InlineData("ab", new[] { 3 })]
    [InlineData("abbc", new[] { 3, 4 })]
    [InlineData("aabc", new[] { 0, 5 })]
    [InlineData("", new int[0])]
    public void The_merge_of_lowest_rank_goes_first(string text, int[] ids) =>
        Assert.Equal(ids, TokenizerFile.Load(TokenizerFile.Bpe(Tokens, ["b c", "a b", "a bc"])).Encode(text, false));

    [Fact]
    public void Another_order_of_merges_gives_other_tokens() =>
        Assert.Equal([3, 2], TokenizerFile.Load(TokenizerFile.Bpe(Tokens, ["a b", "b c", "a bc"])).Encode("abc", false));

    [Fact]
    public void Of_equal_merges_the_leftmost_goes_first() =>
        Assert.Equal([1, 0], TokenizerFile.Load(TokenizerFile.Bpe(["a", "aa"], ["a a"])).Encode("aaa", false));

    [Fact]
    public void Merges_may_be_lists_and_hold_spaces()
    {
        var model = """{"type": "BPE", "vocab": {"a": 0, " ": 1, "a ": 2}, "merges": [["a", " "]]}""";
        Assert.Equal([2, 0], TokenizerFile.Load(model).Encode("a a", false));
    }

    [Fact]
    public void A_version_line_among_merges_is_no_merge() =>
        Assert.Equal([3], TokenizerFile.Load(TokenizerFile.Bpe(Tokens, ["#version: 0.2", "a b"])).Encode("ab", false));

    [Fact]
    public void A_model_without_type_but_with_merges_is_BPE() =>
        Assert.Equal([2], TokenizerFile.Load("""{"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""").Encode("ab", false));

    [Theory]
    [InlineData("", new[] { 0, 1 })]
    [InlineData(""", "unk_token": "c" """, new[] { 0, 2, 2, 1, 2 })]
    [InlineData(""", "unk_token": "c", "fuse_unk": true""", new[] { 0, 2, 1, 2 })]
    public void Characters_outside_the_vocabulary_vanish_or_are_unknown(string options, int[] ids) =>
        Assert.Equal(ids, TokenizerFile.Load(TokenizerFile.Bpe(["a", "b", "c"], [], options)).Encode("ax\U0001F600by", false));

    [Theory]
    [InlineData(false, new[] { 0, 1 })]
    [InlineData(true, new[] { 2 })]
    public void With_ignore_merges_a_piece_that_is_a_token_is_that_token(bool ignore, int[] ids)
    {
        var model = TokenizerFile.Bpe(["a", "b", "ab"], [], $""", "ignore_merges": {(ignore ? "true" : "false")}""");
        Assert.Equal(ids, TokenizerFile.Load(model).Encode("ab", false));
    }

    [Fact]
    public void A_piece_of_a_million_characters_is_merged_in_the_same_way()
    {
        var tokenizer = TokenizerFile.Load(TokenizerFile.Bpe(["a", "aa", "aaaa"], ["a a", "aa aa"]));
        var ids = tokenizer.Encode(new string('a', 1_000_003), false);
        Assert.Equal(250_002, ids.Length);
        Assert.Equal([2, 1, 0], ids[^3..]);
    }

    [Fact]
    public void What_is_remembered_of_earlier_texts_changes_nothing()
    {
        var tokenizer = TokenizerFile.Load(TokenizerFile.Bpe(Tokens, ["b c", "a b", "a bc"]), TokenizerFile.Split(" ", "Removed"));
        var random = new Random(1);
        var words = Enumerable.Range(0, 200_000).Select(i => Convert.ToString(i, 2).Replace('0', 'a').Replace('1', 'b')).ToArray();
        var first = words.Select(w => tokenizer.Encode(w, false)).ToArray();
        random.Shuffle(words);
        var text = string.Join(' ', words);
        Parallel.For(0, 4, _ => Assert.Equal(first.Sum(ids => ids.Length), tokenizer.Encode(text, false).Length));
    }
}
