using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LapeOps.Tokenization.Tests;

/// <summary>Small tokenizer.json files. The default is a BPE model over single letters, without any other part.</summary>
internal static class TokenizerFile
{
    /// <summary>Loads a tokenizer from JSON parts; a part that is null is left out.</summary>
    public static HuggingFaceTokenizer Load(
        string? model = null, string? preTokenizer = null, string? addedTokens = null, string? postProcessor = null, string? decoder = null,
        string? normalizer = null) =>
        LoadText(Json(model, preTokenizer, addedTokens, postProcessor, decoder, normalizer));

    /// <summary>Loads a tokenizer from a whole file's text.</summary>
    public static HuggingFaceTokenizer LoadText(string json) => LoadBytes(Encoding.UTF8.GetBytes(json));

    /// <summary>Loads a tokenizer from a whole file's bytes.</summary>
    public static HuggingFaceTokenizer LoadBytes(byte[] bytes)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            return HuggingFaceTokenizer.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The text of a file with these parts.</summary>
    public static string Json(
        string? model = null, string? preTokenizer = null, string? addedTokens = null, string? postProcessor = null, string? decoder = null,
        string? normalizer = null) => $$"""
        {
          "version": "1.0",
          "added_tokens": {{addedTokens ?? "[]"}},
          "normalizer": {{normalizer ?? "null"}},
          "pre_tokenizer": {{preTokenizer ?? "null"}},
          "post_processor": {{postProcessor ?? "null"}},
          "decoder": {{decoder ?? "null"}},
          "model": {{model ?? Bpe(["a", "b", "c", "d"], [])}}
        }
        """;

    /// <summary>A BPE model whose tokens have the ids of their places.</summary>
    public static string Bpe(IEnumerable<string> tokens, IEnumerable<string> merges, string options = "")
    {
        var vocabulary = new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
        return $$"""{"type": "BPE", "vocab": {{vocabulary.ToJsonString()}}, "merges": {{JsonSerializer.Serialize(merges)}} {{options}}}""";
    }

    /// <summary>A BPE model that turns every piece into one unknown token, so that the offsets of tokens are those of pieces.</summary>
    public static string OneTokenAPiece => Bpe(["<unk>"], [], """, "unk_token": "<unk>", "fuse_unk": true""");

    /// <summary>The pre-tokenizer Split.</summary>
    public static string Split(string pattern, string behavior = "Isolated", bool invert = false, string kind = "Regex") => $$"""
        {"type": "Split", "pattern": {"{{kind}}": {{JsonSerializer.Serialize(pattern)}}}, "behavior": "{{behavior}}", "invert": {{(invert ? "true" : "false")}}}
        """;

    /// <summary>The pieces that a pre-tokenizer makes of a text.</summary>
    public static IReadOnlyList<string> Pieces(string preTokenizer, string text) =>
        [.. Load(model: OneTokenAPiece, preTokenizer: preTokenizer).EncodeToTokens(text, out _).Select(token => text[token.Offset])];
}
