using System.Text.Json.Nodes;
using LapeOps.Engine.Tests.Support;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>Tokenizers that are broken or contradict themselves: the error and the file.</summary>
internal static class HostileTokenizers
{
    public static SortedDictionary<string, (string ErrorId, string Text)> Cases { get; } = new(StringComparer.Ordinal)
    {
        ["nothing"] = ("TokenizerInvalid", ""),
        ["a list"] = ("TokenizerInvalid", "[]"),
        ["cut in the middle"] = ("TokenizerInvalid", ByteTokenizer.Json().ToJsonString()[..1000]),
        ["a million brackets"] = ("TokenizerInvalid", new string('[', 1_000_000)),
        ["no model"] = ("TokenizerInvalid", "{}"),
        ["an id of two billion"] = ("TokenizerInvalid", Changed(json => json["model"]!["vocab"]!["!"] = int.MaxValue)),
        ["a negative id"] = ("TokenizerInvalid", Changed(json => json["model"]!["vocab"]!["!"] = -1)),
        ["two tokens of one id"] = ("TokenizerInvalid", Changed(json => json["model"]!["vocab"]!["!"] = 34)),
        ["a merge of what is no token"] = ("TokenizerInvalid", Changed(json => json["model"]!["merges"] = new JsonArray("foo bar"))),
        ["a model that is not known"] = ("TokenizerUnsupported", Changed(json => json["model"]!["type"] = "Oracle")),
        ["a merge of nothing"] = ("TokenizerInvalid", Changed(json => json["model"]!["merges"] = new JsonArray("! "))),
        ["a merge into what is no token"] = ("TokenizerInvalid", Changed(json => json["model"]!["merges"] = new JsonArray(new JsonArray("!", "~")))),
        ["a pattern that looks behind"] = ("TokenizerUnsupported", Changed(json => json["pre_tokenizer"] = JsonNode.Parse(
            """{ "type": "Split", "pattern": { "Regex": "(?<=a)b" }, "behavior": "Isolated", "invert": false }"""))),
    };

    /// <summary>Patterns that go back for ever on a text of one letter and something else.</summary>
    public static IReadOnlyList<string> EndlessPatterns { get; } = ["(a+)+$", "(a|a)*b", "(a|aa)+$", "(?:a?){40}a{40}b", "(.*)*x"];

    /// <summary>A tokenizer that splits text by a pattern.</summary>
    public static string Splitting(string pattern) => Changed(json => json["pre_tokenizer"] = new JsonObject
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = pattern },
        ["behavior"] = "Isolated",
        ["invert"] = false,
    });

    private static string Changed(Action<JsonObject> change)
    {
        var json = ByteTokenizer.Json();
        change(json);
        return json.ToJsonString();
    }
}
