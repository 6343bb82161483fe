namespace LapeOps.Tokenization.Tests;

public sealed class SentencePieceTests
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int User = 4;
    private const int Byte = 6;
    private const int Bpe = 2;

    // <unk> 0, <s> 1, </s> 2, _ 3, a 4, b 5, _a 6, ab 7, _ab 8, bb 9, [u] 10, c 11
    private static readonly (string, float, int)[] Pieces =
    [
        ("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control), ("\u2581", -9, Normal), ("a", -8, Normal), ("b", -7, Normal),
        ("\u2581a", -2, Normal), ("ab", -1, Normal), ("\u2581ab", -4, Normal), ("bb", -1, Normal), ("[u]", 0, User), ("c", -7, Normal),
    ];

    [Theory]
    [InlineData("a", new[] { 6 })]
    [InlineData("ab", new[] { 8 })]                 // ab (-1) before _a (-2), then _ab
    [InlineData("abb", new[] { 8, 5 })]             // ab and bb have one score: the leftmost
    [InlineData("bb ab", new[] { 3, 9, 8 })]
    [InlineData(" a  b ", new[] { 3, 6, 3, 3, 5, 3 })]
    [InlineData("axxb", new[] { 6, 0, 5 })]
    [InlineData("a[u]b", new[] { 6, 10, 5 })]       // no space before what follows a symbol of the user's
    [InlineData("a</s>b", new[] { 6, 2, 3, 5 })]    // but one before what follows a control symbol
    [InlineData("", new int[0])]
    public void BPE_merges_by_score(string text, int[] ids)
    {
        var tokenizer = Load(new ProtoWriter().Field(3, Bpe), Normalizer(removeExtra: false));
        Assert.Equal(ids, tokenizer.Encode(text, addSpecialTokens: false));
        Assert.Equal([1, .. ids], tokenizer.Encode(text, addSpecialTokens: true));
    }

    [Theory]
    [InlineData("  a   b ", new[] { 6, 3, 5 })]
    [InlineData("   ", new int[0])]
    public void Extra_spaces_go_where_the_model_says_so(string text, int[] ids) =>
        Assert.Equal(ids, Load(new ProtoWriter().Field(3, Bpe), Normalizer(removeExtra: true)).Encode(text, false));

    [Fact]
    public void No_space_goes_before_the_text_where_the_model_says_so()
    {
        var tokenizer = Load(new ProtoWriter().Field(3, Bpe), Normalizer(removeExtra: false, dummyPrefix: false));
        Assert.Equal([7, 6], tokenizer.Encode("ab a", false));
        Assert.Equal(" ab a", tokenizer.Decode([3, 7, 6], false));
    }

    [Fact]
    public void Bytes_stand_for_characters_that_are_no_piece()
    {
        var tokenizer = Load(
            new ProtoWriter().Field(3, Bpe).Field(35, 1), Normalizer(removeExtra: false), ("<0xC3>", 0, Byte), ("<0xA9>", 0, Byte));
        Assert.Equal([6, 12, 13, 0, 5], tokenizer.Encode("a\u00E9\u00E8b", false));
        Assert.Equal("a\u00E9b", tokenizer.Decode([1, 6, 12, 13, 5], skipSpecialTokens: true));
        Assert.Equal("<s> a", tokenizer.Decode([1, 6], skipSpecialTokens: false));
    }

    [Theory]
    [InlineData("ab", new[] { 8 })]                 // _ab (-4) before _ ab (-10)
    [InlineData("bb", new[] { 3, 9 })]
    [InlineData("axxb", new[] { 6, 0, 5 })]
    [InlineData("<s>", new[] { 1 })]
    public void Unigram_is_the_kind_of_a_model_that_says_none(string text, int[] ids) =>
        Assert.Equal(ids, Load(new(), Normalizer(removeExtra: true)).Encode(text, false));

    [Fact]
    public void The_longest_replacement_goes_first()
    {
        var tokenizer = Load(new(), Normalizer(removeExtra: true).Field(2, NormalizerTests.SmallMap));
        Assert.Equal([3, 5], tokenizer.Encode("A", false));
        Assert.Equal([3, 11, 5, 0], tokenizer.Encode("A\u0300A\u0301", false));
    }

    [Theory]
    [InlineData(-1, 2, new[] { 6, 2 })]             // T5's kind: no first token, but a last
    [InlineData(1, 2, new[] { 1, 6 })]
    [InlineData(-1, -1, new[] { 6 })]
    public void The_ends_are_those_of_the_model_s_kind(int begin, int end, int[] ids) => Assert.Equal(
        ids, Load(new ProtoWriter().Field(41, begin).Field(42, end), Normalizer(removeExtra: true)).Encode("a", true));

    [Fact]
    public void Settings_beside_the_model_hold()
    {
        var config = """
            {"add_bos_token": false, "add_eos_token": true, "eos_token": {"content": "<end>"},
             "added_tokens_decoder": {"12": {"content": "<end>", "special": true}, "13": {"content": "x y", "normalized": false}}}
            """;
        var tokenizer = FolderFixture.Load(
            ("tokenizer.model", Model(new ProtoWriter().Field(3, Bpe), Normalizer(removeExtra: false), Pieces)),
            FolderFixture.Text("tokenizer_config.json", config), FolderFixture.Text("added_tokens.json", """{"<more>": 14}"""));
        Assert.Equal(15, tokenizer.VocabularySize);
        Assert.Equal([6, 13, 14, 12], tokenizer.Encode("ax y<more>", true));
        Assert.True(tokenizer.IsSpecial(12));
        Assert.Equal("a", tokenizer.Decode([6, 12, 15, 99, -1], skipSpecialTokens: true));
    }

    [Theory]
    [InlineData("type", "model type Word")]
    [InlineData("suffix", "treat_whitespace_as_suffix")]
    [InlineData("unused", "unused pieces")]
    [InlineData("class", "XLMRobertaTokenizer")]
    public void What_is_not_supported_is_refused_by_name(string what, string named)
    {
        var trainer = what == "type" ? new ProtoWriter().Field(3, 3) : what == "suffix" ? new ProtoWriter().Field(24, 1) : new();
        (string, float, int)[] pieces = what == "unused" ? [.. Pieces, ("z", 0, 5)] : Pieces;
        var error = Assert.Throws<LapeException>(() => FolderFixture.Load(
            ("tokenizer.model", Model(trainer, Normalizer(removeExtra: true), pieces)),
            FolderFixture.Text("tokenizer_config.json", what == "class" ? """{"tokenizer_class": "XLMRobertaTokenizer"}""" : "{}")));
        Assert.Equal("TokenizerUnsupported", error.ErrorId);
        Assert.Contains(named, error.Message);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x0A })]                                                       // a field without its length
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })]                         // 2 GB that are not there
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 })]
    [InlineData(new byte[] { 0x0B, 0x0C })]                                                 // a group
    [InlineData(new byte[] { 0x0A, 0x03, 0x0A, 0x01, 0xFF })]                               // a piece that is no UTF-8
    [InlineData(new byte[] { 0x0A, 0x05, 0x15, 0x00, 0x00, 0xC0, 0x7F })]                   // without a text, its score is no number
    public void What_is_no_model_is_an_error_that_names_the_file(byte[] bytes)
    {
        var error = Assert.Throws<LapeException>(() => FolderFixture.Load(("tokenizer.model", bytes)));
        Assert.Equal("TokenizerInvalid", error.ErrorId);
        Assert.Contains("tokenizer.model", error.Message);
    }

    [Fact]
    public void Any_cut_or_changed_model_loads_or_is_one_of_our_errors()
    {
        var model = Model(new ProtoWriter().Field(3, Bpe), Normalizer(removeExtra: true).Field(2, NormalizerTests.SmallMap), Pieces);
        var random = new Random(3);
        for (var round = 0; round < 1500; round++)
        {
            byte[] changed = [.. model];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            var error = Record.Exception(() => FolderFixture.Load(("tokenizer.model", round % 2 == 0 ? changed : changed[..random.Next(changed.Length)]))
                .Encode("ab A\u0300 [u]<s> \u00E9", true));
            Assert.True(error is null or LapeException, error?.ToString());
        }
    }

    private static ProtoWriter Normalizer(bool removeExtra, bool dummyPrefix = true) =>
        new ProtoWriter().Field(3, dummyPrefix ? 1 : 0).Field(4, removeExtra ? 1 : 0);

    private static HuggingFaceTokenizer Load(ProtoWriter trainer, ProtoWriter normalizer, params (string, float, int)[] more) =>
        FolderFixture.Load(("tokenizer.model", Model(trainer, normalizer, [.. Pieces, .. more])));

    private static byte[] Model(ProtoWriter trainer, ProtoWriter normalizer, (string Text, float Score, int Type)[] pieces)
    {
        var model = new ProtoWriter();
        foreach (var (text, score, type) in pieces)
            model.Field(1, ProtoWriter.Piece(text, score, type));
        return model.Field(2, trainer).Field(3, normalizer).Field(4, []).Bytes;
    }
}
