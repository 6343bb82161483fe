using System.Text;
using System.Text.Json;

namespace LapeOps.Tokenization.Tests;

public sealed class InvalidTokenizerTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"model": 5}""")]
    [InlineData("""{"model": {"type": 3}}""")]
    [InlineData("""{"model": {"type": "BPE"}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": "0"}}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0.5}}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"\ud800": 0}}}""")]
    [InlineData("""{"\udfffmodel": 1, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "\ud800x_unk_token": "a"}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "pre_tokenizer": {"\ud83d\ud83dx": 1, "type": "Whitespace"}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a"]]}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", 1]]}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "\ud800"]]}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": {}}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a" 0}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0,}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {,"a": 0}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0 "b": 1}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0]}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 01}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": +1}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1e0}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": }, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"\x": 0}, "merges": []}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {a: 0}, "merges": []}}""")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\u0001\": 0}, \"merges\": []}}")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a",]}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": ["a a" "a a"]}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": [["a", "a",]]}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": [["a", "a"}]}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "a": tru}""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "ignore_merges": "yes"}}""")]
    public void Broken_files_are_errors_that_name_the_file(string json)
    {
        var error = Assert.Throws<LapeException>(() => TokenizerFile.LoadText(json));
        Assert.Equal("TokenizerInvalid", error.ErrorId);
        Assert.Contains(Path.GetTempPath(), error.Message);
    }

    [Theory]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}""")]
    [InlineData("""  { "model" : { "merges" : [ [ "a" , "b" ] ] , "vocab" : { "a" : 0 , "b" : 1 , "ab" : 2 } , "type" : "BPE" } }  """)]
    [InlineData("""{"\u006dodel": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}""")]
    [InlineData("""{"model": {"type": "BPE", "v\u006fcab": {"\u0061": 0, "b": 1, "a\u0062": 2}, "merges": ["\u0061\u0020b"]}}""")]
    [InlineData("""{"model": {"vocab": {"x": 0}}, "other": {"vocab": [1]}, "model": {"vocab": {"y": 0}, "merges": ["y y"], "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}""")]
    [InlineData("""{"vocab": {"x": 5}, "merges": ["}"], "model": {"pieces": "}]{[\"", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}""")]
    public void Tables_are_read_however_json_is_written(string json) =>
        Assert.Equal([2, 0], TokenizerFile.LoadText(json).Encode("aba", addSpecialTokens: false));

    [Fact]
    public void An_error_after_a_table_names_its_line_in_the_file()
    {
        var error = Assert.Throws<LapeException>(() => TokenizerFile.LoadText("{\"model\": {\"type\": \"BPE\", \"vocab\": {\n\"a\": 0,\n\"b\": 1},\n\"merges\": []},\n\"x\": tru}"));
        Assert.Contains("LineNumber: 4", error.Message);
    }

    [Fact]
    public void An_error_in_a_table_names_the_table() => Assert.Contains(
        "model: vocab is no valid JSON at its byte 8", Assert.Throws<LapeException>(() => TokenizerFile.Load("""{"type": "BPE", "vocab": {"a": 0 "b": 1}, "merges": []}""")).Message);

    [Fact]
    public void Escapes_of_whole_characters_are_read()
    {
        var tokenizer = TokenizerFile.LoadText("""{"model": {"type": "BPE", "vocab": {"\ud83d\ude00": 0, "\\ud800": 1, "\u0000": 2, "\"": 3}, "merges": []}, "\\ud800": "\uD83D\uDE00"}""");
        Assert.Equal([0, 3, 2], tokenizer.Encode("\ud83d\ude00\"\0", addSpecialTokens: false));
    }

    [Theory]
    [InlineData("""{"a": 0, "b": 0}""", "[]", "[]", "id")]
    [InlineData("""{"a": 0, "a": 1}""", "[]", "[]", "twice")]
    [InlineData("""{"a": 0, "b": -1}""", "[]", "[]", "\"b\"")]
    [InlineData("""{"a": 0, "b": 2000000000}""", "[]", "[]", "2000000000")]
    [InlineData("""{"a": 0, "b": 5000000000}""", "[]", "[]", "\"b\"")]
    [InlineData("""{"a": 0, "b": 2}""", "[]", "[]", "missing")]
    [InlineData("""{"a": 0, "b": 1}""", """["a b"]""", "[]", "merges[0] needs \"ab\"")]
    [InlineData("""{"a": 0, "ax": 1}""", """["a x"]""", "[]", "merges[0] needs \"x\"")]
    [InlineData("""{"a": 0}""", "[]", """[{"id": 0, "content": "<x>"}]""", "same id 0")]
    [InlineData("""{"a": 0, "<x>": 1}""", "[]", """[{"id": 2, "content": "<x>"}]""", "added_tokens")]
    [InlineData("""{"a": 0}""", "[]", """[{"id": 1, "content": "<x>"}, {"id": 1, "content": "<x>"}]""", "twice")]
    [InlineData("""{"a": 0}""", "[]", """[{"id": 1, "content": ""}]""", "empty")]
    [InlineData("""{"a": 0}""", "[]", """[{"id": 7, "content": "<x>"}]""", "missing")]
    [InlineData("""{"a": 0}""", "[]", """[{"content": "<x>"}]""", "id")]
    public void Contradictions_are_named(string vocabulary, string merges, string addedTokens, string named)
    {
        var model = $$"""{"type": "BPE", "vocab": {{vocabulary}}, "merges": {{merges}}}""";
        var error = Assert.Throws<LapeException>(() => TokenizerFile.Load(model, addedTokens: addedTokens));
        Assert.Equal("TokenizerInvalid", error.ErrorId);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void An_unknown_token_outside_the_vocabulary_is_named() => Assert.Contains("unk_token \"z\"", Assert.Throws<LapeException>(
        () => TokenizerFile.Load(TokenizerFile.Bpe(["a"], [], """, "unk_token": "z" """))).Message);

    [Theory]
    [InlineData("normalizer", """{"type": "Upwards"}""", "normalizer: the type \"Upwards\"")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "Sequence", "normalizers": []}, {"type": "Upwards"}]}""", "normalizers[1]: the type \"Upwards\"")]
    [InlineData("pre_tokenizer", """{"type": "UnicodeScripts"}""", "pre_tokenizer: the type \"UnicodeScripts\"")]
    [InlineData("pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "Halves"}]}""", "pretokenizers[0]: the type \"Halves\"")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": "a"}, "behavior": "Halved"}""", "\"Halved\"")]
    [InlineData("post_processor", """{"type": "Postscript"}""", "\"Postscript\"")]
    [InlineData("decoder", """{"type": "Backwards"}""", "\"Backwards\"")]
    [InlineData("model", """{"type": "Trigram", "vocab": []}""", "model: the type \"Trigram\"")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}""", "dropout")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "</w>"}""", "end_of_word_suffix")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "continuing_subword_prefix": "##"}""", "continuing_subword_prefix")]
    public void What_is_not_supported_is_refused_by_name(string part, string json, string named)
    {
        var error = Assert.Throws<LapeException>(() => TokenizerFile.Load(
            model: part == "model" ? json : null,
            preTokenizer: part == "pre_tokenizer" ? json : null,
            postProcessor: part == "post_processor" ? json : null,
            decoder: part == "decoder" ? json : null,
            normalizer: part == "normalizer" ? json : null));
        Assert.Equal("TokenizerUnsupported", error.ErrorId);
        Assert.Contains(named, error.Message);
    }

    [Theory]
    [InlineData("normalizer", "normalizers")]
    [InlineData("decoder", "decoders")]
    public void Replacements_that_double_a_text_again_and_again_stop_with_an_error(string part, string list)
    {
        var doubling = $$"""{"type": "Sequence", "{{list}}": [{{string.Join(',', Enumerable.Repeat("""{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}""", 60))}}]}""";
        var tokenizer = TokenizerFile.Load(normalizer: part == "normalizer" ? doubling : null, decoder: part == "decoder" ? doubling : null);
        var error = Assert.Throws<LapeException>(() => tokenizer.Decode(tokenizer.Encode("a", false), false));
        Assert.Equal("TokenizerUnsupported", error.ErrorId);
    }

    [Theory]
    [InlineData("""{"type": "Strip", "content": " ", "start": 0, "stop": 2000000000}""", "stop")]
    [InlineData("""{"type": "Strip", "content": " ", "start": -1, "stop": 0}""", "start")]
    public void Counts_out_of_reason_are_refused(string decoder, string named) =>
        Assert.Contains(named, Assert.Throws<LapeException>(() => TokenizerFile.Load(decoder: decoder)).Message);

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<LapeException>(() => HuggingFaceTokenizer.Load("nowhere/tokenizer.json"));
        Assert.Equal("TokenizerNotFound", error.ErrorId);
        Assert.Contains("nowhere", error.Message);
    }

    [Fact]
    public void Any_cut_or_changed_file_loads_or_is_one_of_our_errors()
    {
        var json = TokenizerFile.Json(
            TokenizerFile.Bpe(["a", "b", "ab", "<s>"], ["a b"]),
            TokenizerFile.Split(@"\p{L}+|[^a-c]{1,3}(?!\s)"),
            """[{"id": 3, "content": "<s>", "special": true}]""",
            """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}}""",
            """{"type": "ByteLevel"}""");
        var random = new Random(3);
        byte[] replacements = [.. "{}[]\",:\\0-9.eun"u8, 0xFF, 0];
        for (var round = 0; round < 3000; round++)
        {
            var changed = Encoding.UTF8.GetBytes(json);
            changed[random.Next(changed.Length)] = replacements[random.Next(replacements.Length)];
            var bytes = round % 2 == 0 ? changed : changed[..random.Next(changed.Length)];
            var error = Record.Exception(() => TokenizerFile.LoadBytes(bytes).Encode("abc a", true));
            Assert.True(error is null or LapeException, $"{error}\n{Encoding.UTF8.GetString(bytes)}");
            if (error is null)
                JsonDocument.Parse(bytes).Dispose(); // what loads is JSON
        }
    }
}
