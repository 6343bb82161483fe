using System.Text.Json;

namespace LapeOps.Tokenization.Models;

/// <summary>Reads BPE models and checks them.</summary>
internal static class BpeReader
{
    private const int MostMerges = 4_000_000;

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
            ReadMerges(section, Merges(section), vocabulary),
            new(unknown is null ? null : vocabulary[unknown],
                section.Flag("fuse_unk", absent: false),
                section.Flag("byte_fallback", absent: false),
                section.Flag("ignore_merges", absent: false)));
    }

    /// <summary>A JSON object of tokens and their ids.</summary>
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

    /// <summary>Merges in the order of their ranks, from 0 on.</summary>
    public static BpeMerges ReadMerges(
        TokenizerSection section, IEnumerable<(string Left, string Right)> pairs, Dictionary<string, int> vocabulary)
    {
        var merges = new List<(int, int, BpeMerge)>();
        var lookup = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var joint = new char[64];
        foreach (var (left, right) in pairs)
        {
            if (merges.Count == MostMerges)
                throw section.Unsupported($"a list of more than {MostMerges:N0} merges");
            var length = left.Length + right.Length;
            if (length > joint.Length)
                joint = new char[2 * length];
            left.CopyTo(joint);
            right.CopyTo(joint.AsSpan(left.Length));
            merges.Add((Find(left), Find(right), new(merges.Count, Find(joint.AsSpan(0, length)))));
        }
        return new(new(merges));

        int Find(ReadOnlySpan<char> token) => lookup.TryGetValue(token, out var id)
            ? id
            : throw section.Invalid($"merges[{merges.Count}] needs {TokenizerSection.Quote(token.ToString())}, which is not in vocab");
    }

    /// <summary>A merge written as "a b"; null for the version line that old files begin with.</summary>
    public static (string Left, string Right)? ReadMerge(TokenizerSection section, string text, int place)
    {
        if (text.StartsWith("#version", StringComparison.Ordinal))
            return null;
        var space = text.IndexOf(' ');
        return space >= 0 && text.IndexOf(' ', space + 1) < 0
            ? (text[..space], text[(space + 1)..])
            : throw section.Invalid($"merges[{place}] is no pair of tokens (a text with one space between them, or a list of two)");
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

    /// <summary>The merges in either style, "a b" or ["a", "b"].</summary>
    private static IEnumerable<(string Left, string Right)> Merges(TokenizerSection section)
    {
        var place = 0;
        foreach (var item in section.Items("merges"))
        {
            var isList = item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2;
            var pair = isList
                ? (section.String(item[0], "merges"), section.String(item[1], "merges"))
                : ReadMerge(section, item.ValueKind == JsonValueKind.String ? section.String(item, "merges") : "", place);
            if (pair is not var (left, right))
                continue;
            yield return (left, right);
            place++;
        }
    }
}
