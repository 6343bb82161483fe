using System.Runtime.CompilerServices;
using System.Text.Json;
using LapeOps.Tokenization.Decoders;

namespace LapeOps.Tokenization.Models;

/// <summary>Reads BPE models and checks them.</summary>
internal static class BpeReader
{
    /// <summary>The model of a tokenizer.json.</summary>
    public static BpeModel Read(TokenizerSection section)
    {
        Refuse(section);
        var vocabulary = ReadVocabulary(section, section.Table("vocab"));
        var unknown = section.OptionalText("unk_token");
        if (unknown is not null && !vocabulary.ContainsKey(unknown))
            throw section.Invalid($"unk_token {TokenizerSection.Quote(unknown)} is not in vocab");
        var options = new BpeOptions(
            unknown is null ? null : vocabulary[unknown],
            section.Flag("fuse_unk", absent: false),
            section.Flag("byte_fallback", absent: false) ? ByteFallbackDecoder.Ids(vocabulary) : null,
            section.Flag("ignore_merges", absent: false));
        return new(vocabulary, ReadMerges(section, vocabulary, options.StandIns), options);
    }

    /// <summary>An object of tokens and their ids.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // most have tens of thousands, once in a process
    public static Dictionary<string, int> ReadVocabulary(TokenizerSection section, JsonTable table)
    {
        if (!table.Take('{'))
            throw section.Invalid("vocab has to be an object of tokens and their ids");
        var vocabulary = new Dictionary<string, int>(table.MostNames);
        char[] buffer = [];
        for (var more = !table.Take('}'); more; more = table.Continues('}'))
        {
            var token = table.RequireName(ref buffer).ToString();
            if (!table.TakeId(out var id))
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

    // In either style, "a b" or ["a", "b"].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static BpeMerges ReadMerges(TokenizerSection section, Dictionary<string, int> vocabulary, HashSet<int> standIns)
    {
        var reader = new BpeMergeReader(section, vocabulary, standIns);
        char[] left = [], right = [];
        var table = section.Table("merges");
        if (!table.IsAbsent && !table.Take('['))
            throw section.Invalid("merges has to be a list");
        for (var more = !table.IsAbsent && !table.Take(']'); more; more = table.Continues(']'))
            if (table.TakeText(ref left, out var written))
                reader.AddWritten(written);
            else if (table.Take('[') && table.TakeText(ref left, out var first) && table.Take(',') && table.TakeText(ref right, out var second) && table.Take(']'))
                reader.Add(first, second);
            else
                reader.AddWritten("");
        return reader.ToMerges();
    }
}
