using LapeOps.Core.Tests;

namespace LapeOps.Tokenization.Tests;

public sealed class VocabularyFolderTests
{
    // a 0, b 1, Ġ 2, ab 3, Ġa 4, <s> 5, <|endoftext|> 6, é's two bytes 7 and 8
    private const string Vocabulary = """{"a": 0, "b": 1, "Ġ": 2, "ab": 3, "Ġa": 4, "<s>": 5, "<|endoftext|>": 6, "Ã": 7, "©": 8, "<": 9, "s": 10, ">": 11}""";
    private const string Merges = "#version: 0.2\r\na b\n\u0120 a\n\n";

    [Fact]
    public void Tokens_and_merges_are_read_line_by_line()
    {
        var tokenizer = Load();
        Assert.Equal([3, 2, 3, 7, 8], tokenizer.Encode("ab ab\u00E9", false));
        Assert.Equal("ab ab\u00E9", tokenizer.Decode([3, 2, 3, 7, 8], false));
        Assert.Equal([3], tokenizer.Encode("ab", true));
        Assert.Equal("vocab.json", Path.GetFileName(tokenizer.File));
    }

    [Fact]
    public void GPT_2_s_special_token_is_that_of_a_folder_that_names_none()
    {
        var tokenizer = Load();
        Assert.Equal([0, 6, 9, 10, 11], tokenizer.Encode("a<|endoftext|><s>", false));
        Assert.True(tokenizer.IsSpecial(6));
    }

    [Fact]
    public void Special_tokens_are_those_of_the_map_that_have_an_id()
    {
        var tokenizer = Load(
            ("special_tokens_map.json", """{"bos_token": "<s>", "pad_token": {"content": "<pad>", "lstrip": true}, "additional_special_tokens": []}"""),
            ("tokenizer_config.json", """{"add_bos_token": true, "add_prefix_space": true, "tokenizer_class": "GPT2Tokenizer"}"""));
        Assert.Equal([5, 4], tokenizer.Encode("a", true));
        Assert.Equal([4, 5, 4], tokenizer.Encode("a<s>a", false));
        Assert.Equal([5], tokenizer.RowStart);
        Assert.Equal(12, tokenizer.VocabularySize);
        Assert.Null(tokenizer.TokenId("<pad>"));
    }

    [Fact]
    public void Qwen2_s_folder_has_its_normalizer_and_its_pattern()
    {
        var tokenizer = Load(("tokenizer_config.json", """{"tokenizer_class": "Qwen2Tokenizer"}"""));
        Assert.Equal([7, 8], tokenizer.Encode("e\u0301", false));
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"tokenizer_class": "BlenderbotTokenizer"}""", "TokenizerUnsupported", "BlenderbotTokenizer")]
    [InlineData("tokenizer_config.json", """{"add_bos_token": true, "bos_token": "<z>"}""", "TokenizerInvalid", "<z>")]
    [InlineData("tokenizer_config.json", """{"add_bos_token": 1}""", "TokenizerInvalid", "add_bos_token")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"x": {"content": "y"}}}""", "TokenizerInvalid", "no token id")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"99": {"content": "y"}}}""", "TokenizerInvalid", "99")]
    [InlineData("special_tokens_map.json", "[]", "TokenizerInvalid", "no JSON object")]
    [InlineData("special_tokens_map.json", """{"bos_token": 3}""", "TokenizerInvalid", "bos_token")]
    [InlineData("added_tokens.json", """{"<x>": -1}""", "TokenizerInvalid", "<x>")]
    [InlineData("vocab.json", """{"a": 0, "b": 0, "ab": 1, "Ġ": 2, "Ġa": 3}""", "TokenizerInvalid", "same id")]
    [InlineData("vocab.json", """{"a": "b"}""", "TokenizerInvalid", "\"a\"")]
    [InlineData("merges.txt", "a b c", "TokenizerInvalid", "merges[0]")]
    [InlineData("merges.txt", "a b\na x", "TokenizerInvalid", "merges[1]")]
    public void Broken_files_are_named(string name, string text, string errorId, string named)
    {
        var error = Assert.Throws<LapeException>(() => Load((name, text)));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_named()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "vocab.json"), "{}");
        Assert.False(HuggingFaceTokenizer.Exists(folder.Path));
        var error = Assert.Throws<LapeException>(() => HuggingFaceTokenizer.LoadFolder(folder.Path));
        Assert.Equal("TokenizerNotFound", error.ErrorId);
        Assert.Contains(folder.Path, error.Message);
    }

    [Fact]
    public void A_tokenizer_json_goes_before_the_other_files()
    {
        var json = TokenizerFile.Json();
        var tokenizer = FolderFixture.Load(
            FolderFixture.Text("tokenizer.json", json), FolderFixture.Text("vocab.json", Vocabulary), FolderFixture.Text("merges.txt", Merges));
        Assert.Equal(TokenizerFile.LoadText(json).Sha256, tokenizer.Sha256);
        Assert.NotEqual(Load().Sha256, Load(("tokenizer_config.json", "{}")).Sha256);
    }

    private static HuggingFaceTokenizer Load(params (string Name, string Text)[] files)
    {
        var all = new Dictionary<string, string> { ["vocab.json"] = Vocabulary, ["merges.txt"] = Merges };
        foreach (var (name, text) in files)
            all[name] = text;
        return FolderFixture.Load([.. all.Select(f => FolderFixture.Text(f.Key, f.Value))]);
    }
}
