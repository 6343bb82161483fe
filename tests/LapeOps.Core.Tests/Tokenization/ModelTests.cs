namespace LapeOps.Tokenization.Tests;

public sealed class ModelTests
{
    private const string Unigram = """
        {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1], ["b", -1], ["c", -1], ["d", -1], ["cd", -0.5], ["ab", 0.2], ["abc", 2], ["abcd", 9]] }
        """;

    [Theory]
    [InlineData("abcd", new[] { 8 })]
    [InlineData("abcdacd", new[] { 8, 1, 5 })]
    [InlineData("abab", new[] { 6, 6 })]
    [InlineData("abxyab", new[] { 6, 0, 6 })]           // a run of unknown characters is one token
    [InlineData("\U0001F600", new[] { 0 })]
    [InlineData("", new int[0])]
    public void Unigram_takes_the_cut_of_the_highest_sum(string text, int[] ids) =>
        Assert.Equal(ids, TokenizerFile.Load(Unigram).Encode(text, false));

    [Fact]
    public void Unigram_takes_the_longer_last_token_of_equals() => Assert.Equal(
        [1, 4], TokenizerFile.Load("""{"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1], ["b", -1], ["ab", -2], ["bb", -2], ["abb", -9]]}""").Encode("abb", false));

    [Fact]
    public void Unigram_falls_back_to_bytes_where_it_has_all()
    {
        var model = """{"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab": [["<unk>", 0], ["a", -1], ["<0xC3>", 0], ["<0xA9>", 0]]}""";
        Assert.Equal([1, 2, 3, 2, 3, 1, 0], TokenizerFile.Load(model).Encode("a\u00E9\u00E9a\u00E8", false));
    }

    [Theory]
    [InlineData("""{"type": "Unigram", "vocab": [["a", 0]]}""", "unk_id")]
    [InlineData("""{"type": "Unigram", "unk_id": 1, "vocab": [["a", 0]]}""", "unk_id 1")]
    [InlineData("""{"type": "Unigram", "unk_id": 0, "vocab": []}""", "unk_id 0")]
    [InlineData("""{"type": "Unigram", "unk_id": 0, "vocab": [["a", 0], ["a", 1]]}""", "twice")]
    [InlineData("""{"type": "Unigram", "unk_id": 0, "vocab": [["a"]]}""", "vocab[0]")]
    [InlineData("""{"type": "Unigram", "unk_id": 0, "vocab": [["a", "x"]]}""", "vocab[0]")]
    [InlineData("""{"type": "Unigram", "unk_id": 0, "vocab": [["a", 1e999]]}""", "vocab[0]")]
    [InlineData("""{"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "b"}""", "unk_token")]
    [InlineData("""{"type": "WordLevel", "vocab": {"a": 0}}""", "unk_token")]
    public void Broken_models_are_named(string model, string named) =>
        Assert.Contains(named, Assert.Throws<LapeException>(() => TokenizerFile.Load(model)).Message);

    // [UNK] 0, un 1, ##aff 2, ##able 3, ##a 4, a 5
    [Theory]
    [InlineData("unaffable", new[] { 1, 2, 3 })]
    [InlineData("una a", new[] { 1, 4, 5 })]
    [InlineData("unx", new[] { 0 })]
    [InlineData("aaaaaaaaaaa", new[] { 0 })]            // more than max_input_chars_per_word
    public void WordPiece_takes_the_longest_token_that_goes_on(string text, int[] ids)
    {
        var model = """{"type": "WordPiece", "unk_token": "[UNK]", "max_input_chars_per_word": 10, "vocab": {"[UNK]": 0, "un": 1, "##aff": 2, "##able": 3, "##a": 4, "a": 5}}""";
        Assert.Equal(ids, TokenizerFile.Load(model, """{"type": "WhitespaceSplit"}""").Encode(text, false));
    }

    [Fact]
    public void WordLevel_knows_whole_pieces() => Assert.Equal(
        [1, 0, 2], TokenizerFile.Load("""{"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "ab": 1, "c": 2}}""", """{"type": "WhitespaceSplit"}""").Encode("ab a c", false));

    [Fact]
    public void BPE_falls_back_to_the_bytes_of_a_character_that_is_no_token()
    {
        var model = TokenizerFile.Bpe(["a", "<unk>", "<0xC3>", "<0xA9>", "aa"], ["a a"], """, "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true""");
        Assert.Equal([4, 2, 3, 0, 1, 0], TokenizerFile.Load(model).Encode("aa\u00E9a\u00E8\u00E8a", false));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "unk_token": "c", "fuse_unk": true""")]
    [InlineData(""", "unk_token": "c" """)]
    public void A_long_piece_has_the_tokens_that_it_has_in_one(string options)
    {
        // Letters a b c and spaces; merges join within words, before them, and over runs of spaces.
        string[] tokens = ["a", "b", "c", " ", "ab", " a", " ab", "aba", "  ", "bb", "b ", "<x>"];
        var model = TokenizerFile.Bpe(tokens, [], options).Replace(
            "\"merges\": []", """ "merges": [["a", "b"], [" ", " "], ["ab", "a"], [" ", "a"], [" ", "ab"], ["b", "b"]]""");
        var tokenizer = TokenizerFile.Load(model);
        var random = new Random(4);
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(65, 400)).Select(_ => "aabb  cxyz\u00E9"[random.Next(11)]));
            Assert.Equal(Slowly(text, options), tokenizer.Encode(text, false));
        }
    }

    /// <summary>The definition of byte-pair encoding, word for word.</summary>
    private static List<int> Slowly(string text, string options)
    {
        (int Left, int Right, int Joint)[] merges = [(0, 1, 4), (3, 3, 8), (4, 0, 7), (3, 0, 5), (3, 4, 6), (1, 1, 9)];
        var ids = new List<int>();
        var unknown = false;
        foreach (var character in text)
        {
            var id = "abc ".IndexOf(character);
            if (id >= 0 || (options.Length > 0 && !(unknown && options.Contains("fuse"))))
                ids.Add(id >= 0 ? id : 2);
            unknown = id < 0;
        }
        foreach (var _ in text)
            foreach (var (left, right, joint) in merges)
            {
                var place = Enumerable.Range(0, Math.Max(ids.Count - 1, 0)).FirstOrDefault(i => ids[i] == left && ids[i + 1] == right, -1);
                if (place < 0)
                    continue;
                ids[place] = joint;
                ids.RemoveAt(place + 1);
                break;
            }
        return ids;
    }
}
