using System.Text.Json;

namespace LapeOps.Tokenization.Models;

/// <summary>Reads the BPE model of a tokenizer.json and checks it.</summary>
internal static class BpeReader
{
    /// <summary>The model.</summary>
    public static BpeModel Read(TokenizerSection section)
    {
        Refuse(section);
        var vocabulary = ReadVocabulary(section);
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

    private static void Refuse(TokenizerSection section)
    {
        if (section.Value("dropout") is { } dropout && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
            throw section.Unsupported("dropout");
        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
            if (section.OptionalText(name) is { Length: > 0 })
                throw section.Unsupported(name);
    }

    private static Dictionary<string, int> ReadVocabulary(TokenizerSection section)
    {
        if (section.Value("vocab") is not { ValueKind: JsonValueKind.Object } entries)
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

    private static BpeMerges ReadMerges(TokenizerSection section, Dictionary<string, int> vocabulary)
    {
        var merges = new Dictionary<ulong, BpeMerge>();
        var rank = 0;
        foreach (var item in section.Items("merges"))
        {
            if (ReadMerge(section, item, rank) is not var (left, right))
                continue;
            // A pair that comes twice has the rank of the last.
            merges[BpeMerges.Pair(Find(left), Find(right))] = new(rank, Find(left + right));
            rank++;
        }
        return new(merges);

        int Find(string token) => vocabulary.TryGetValue(token, out var id)
            ? id
            : throw section.Invalid($"merges[{rank}] needs {TokenizerSection.Quote(token)}, which is not in vocab");
    }

    /// <summary>A merge in either style, "a b" or ["a", "b"]; null for the version line that old files begin with.</summary>
    private static (string Left, string Right)? ReadMerge(TokenizerSection section, JsonElement item, int rank)
    {
        if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2)
            return (section.String(item[0], "merges"), section.String(item[1], "merges"));
        var text = item.ValueKind == JsonValueKind.String ? section.String(item, "merges") : "";
        if (text.StartsWith("#version", StringComparison.Ordinal))
            return null;
        var space = text.IndexOf(' ');
        return space >= 0 && text.IndexOf(' ', space + 1) < 0
            ? (text[..space], text[(space + 1)..])
            : throw section.Invalid($"merges[{rank}] is no pair of tokens (a text with one space between them, or a list of two)");
    }
}
