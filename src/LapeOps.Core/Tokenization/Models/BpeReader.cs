using System.Runtime.CompilerServices;
using System.Text.Json;

namespace LapeOps.Tokenization.Models;

/// <summary>Reads BPE models and checks them.</summary>
internal static class BpeReader
{
    /// <summary>The model of a tokenizer.json.</summary>
    public static BpeModel Read(TokenizerSection section)
    {
        Refuse(section);
        var vocabulary = ReadVocabulary(section, section.Value("vocab"));
        var unknown = section.OptionalText("unk_token");
        if (unknown is not null && !vocabulary.ContainsKey(unknown))
            throw section.Invalid($"unk_token {TokenizerSection.Quote(unknown)} is not in vocab");
        return new(
            vocabulary,
            ReadMerges(section, vocabulary),
            new(unknown is null ? null : vocabulary[unknown],
                section.Flag("fuse_unk", absent: false),
                section.Flag("byte_fallback", absent: false),
                section.Flag("ignore_merges", absent: false)));
    }

    /// <summary>A JSON object of tokens and their ids.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // most have tens of thousands, once in a process
    public static Dictionary<string, int> ReadVocabulary(TokenizerSection section, JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object } entries)
            throw section.Invalid("vocab has to be an object of tokens and their ids");
        var vocabulary = new Dictionary<string, int>(entries.GetPropertyCount());
        foreach (var entry in entries.EnumerateObject())
        {
            var token = Name(section, entry);
            if (!TokenizerSection.IsId(entry.Value, out var id))
                throw section.Invalid($"the id of {TokenizerSection.Quote(token)} has to be an integer from 0 on");
            if (!vocabulary.TryAdd(token, id))
                throw section.Invalid($"vocab has {TokenizerSection.Quote(token)} twice");
        }
        return vocabulary;
    }

    private static void Refuse(TokenizerSection section)
    {
        if (section.Value("dropout") is { } dropout && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
            throw section.Unsupported("dropout");
        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
            if (section.OptionalText(name) is { Length: > 0 })
                throw section.Unsupported(name);
    }

    private static string Name(TokenizerSection section, JsonProperty entry)
    {
        try
        {
            return entry.Name;
        }
        catch (InvalidOperationException)
        {
            throw section.Invalid("vocab has a token with half of a surrogate pair");
        }
    }

    // In either style, "a b" or ["a", "b"].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static BpeMerges ReadMerges(TokenizerSection section, Dictionary<string, int> vocabulary)
    {
        var reader = new BpeMergeReader(section, vocabulary);
        char[] left = [], right = [];
        foreach (var item in section.Items("merges"))
            if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2)
                reader.Add(section.Characters(item[0], "merges", ref left), section.Characters(item[1], "merges", ref right));
            else
                reader.AddWritten(item.ValueKind == JsonValueKind.String ? section.Characters(item, "merges", ref left) : "");
        return reader.ToMerges();
    }
}
