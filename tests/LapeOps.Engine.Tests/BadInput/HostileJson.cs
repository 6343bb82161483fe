using System.Text;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>100 MB of JSON, and as much as a reader takes in whole: lists in lists, and lists beside lists, which take many times their size when they are parsed.</summary>
internal static class HostileJson
{
    /// <summary>Every file of JSON: what reads it, the error and the name of the file in a folder.</summary>
    public static SortedDictionary<string, (string Operation, string ErrorId, string Name)> Readers { get; } = new(StringComparer.Ordinal)
    {
        ["config"] = ("checkpoint", "ConfigInvalid", "config.json"),
        ["generation config"] = ("checkpoint", "ConfigInvalid", "generation_config.json"),
        ["index"] = ("checkpoint", "CheckpointInvalid", "model.safetensors.index.json"),
        ["tokenizer"] = ("folder-tokenizer", "TokenizerInvalid", "tokenizer.json"),
        ["vocabulary"] = ("folder-tokenizer", "TokenizerInvalid", "vocab.json"),
        ["settings of a tokenizer"] = ("folder-tokenizer", "TokenizerInvalid", "tokenizer_config.json"),
        ["special tokens"] = ("folder-tokenizer", "TokenizerInvalid", "special_tokens_map.json"),
        ["template"] = ("chat", "ChatTemplateInvalid", "tokenizer_config.json"),
        ["special tokens of a template"] = ("chat", "ChatTemplateInvalid", "special_tokens_map.json"),
        ["mask"] = ("mask", "MaskFileInvalid", "mask.json"),
        ["texts"] = ("rows", "", "corpora/xx.jsonl"),
        ["conversations"] = ("conversations", "ConversationInvalid", "chats.jsonl"),
    };

    /// <summary>How such a file is written: how large, and what is repeated in what.</summary>
    public static SortedDictionary<string, (int Bytes, string Before, string Again)> Shapes { get; } = new(StringComparer.Ordinal)
    {
        ["100 MB of lists in lists"] = (100_000_000, "", "["),
        ["100 MB of objects in objects"] = (100_000_000, "", "{\"a\":"),
        ["100 MB of lists beside lists"] = (100_000_000, "{\"a\":[[]", ",[]"),
        ["15 MB of lists beside lists"] = (15_000_000, "{\"a\":[[]", ",[]"),
        ["1 MB of lists in lists"] = (1_000_000, "", "["),
    };

    /// <summary>Writes a file of a shape, as one line.</summary>
    public static void Write(string path, string shape)
    {
        var (bytes, before, again) = Shapes[shape];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        file.Write(Encoding.ASCII.GetBytes(before));
        var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(again, 10_000)));
        while (file.Length < bytes)
            file.Write(piece);
        if (before.Length > 0)
            file.Write("]}"u8);
    }
}
