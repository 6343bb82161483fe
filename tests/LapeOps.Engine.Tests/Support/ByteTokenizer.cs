using System.Text.Json.Nodes;

namespace LapeOps.Engine.Tests.Support;

/// <summary>A tokenizer.json whose tokens are the 256 bytes in the order of their values, and a row start: id b is byte b.</summary>
internal static class ByteTokenizer
{
    public const int RowStart = 256;

    public static void Write(string folder) => File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Json().ToJsonString());

    public static JsonObject Json()
    {
        var vocabulary = new JsonObject();
        for (var b = 0; b < 256; b++)
            vocabulary[Letter(b).ToString()] = b;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(new JsonObject
            {
                ["id"] = RowStart,
                ["content"] = "<s>",
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(Special(), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }),
                ["pair"] = new JsonArray(
                    Special(), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } },
                    new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "B", ["type_id"] = 1 } }),
                ["special_tokens"] = new JsonObject
                {
                    ["<s>"] = new JsonObject { ["id"] = "<s>", ["ids"] = new JsonArray(RowStart), ["tokens"] = new JsonArray("<s>") },
                },
            },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(),
            },
        };
    }

    private static JsonObject Special() => new() { ["SpecialToken"] = new JsonObject { ["id"] = "<s>", ["type_id"] = 0 } };

    // GPT-2's letters for bytes: printable ones stand for themselves, the others follow from U+0100 on.
    private static char Letter(int b)
    {
        static bool Printable(int b) => b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
        return Printable(b) ? (char)b : (char)(256 + Enumerable.Range(0, b).Count(other => !Printable(other)));
    }
}
