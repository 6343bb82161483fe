using System.Text.RegularExpressions;

namespace LapeOps.Corpora;

/// <summary>What a file of a corpus holds.</summary>
public enum CorpusFormat
{
    /// <summary>Text in UTF-8, or with a byte order mark in UTF-16.</summary>
    Text,
    /// <summary>A JSON object a line (.jsonl, .ndjson), with the text in a field.</summary>
    Jsonl,
    /// <summary>A table (.parquet) with the text in a column.</summary>
    Parquet,
    /// <summary>Token ids (.pth, .pt): the tensor that the paper's code makes of a text before it counts.</summary>
    Ids,
}

/// <summary>What a file's name says: its format, its language, and whether it is compressed.</summary>
/// <param name="Format">By the extension; text where it is none of the others.</param>
/// <param name="Language">The base name, or of the official id.LANGUAGE.train.MODEL the language.</param>
/// <param name="Gzip">Whether .gz is the last extension.</param>
public sealed partial record CorpusFileName(CorpusFormat Format, string Language, bool Gzip)
{
    /// <summary>The extensions that a folder is searched for, each also with .gz behind it.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".txt", ".jsonl", ".ndjson", ".parquet", ".pth", ".pt"];

    /// <summary>Reads a name.</summary>
    public static CorpusFileName Of(string path)
    {
        var name = Path.GetFileName(path);
        var gzip = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        name = gzip ? name[..^3] : name;
        CorpusFormat? format = Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" => CorpusFormat.Jsonl,
            ".parquet" => CorpusFormat.Parquet,
            ".pth" or ".pt" => CorpusFormat.Ids,
            _ => null,
        };
        if (format is null or CorpusFormat.Ids && OfficialIds().Match(name) is { Success: true } official)
            return new(CorpusFormat.Ids, official.Groups["language"].Value, gzip);
        return new(format ?? CorpusFormat.Text, Path.GetFileNameWithoutExtension(name), gzip);
    }

    /// <summary>Whether a folder's search finds a file of this name.</summary>
    public static bool IsFound(ReadOnlySpan<char> name)
    {
        if (name.EndsWith(".gz", StringComparison.Ordinal))
            name = name[..^3];
        foreach (var extension in Extensions)
            if (name.EndsWith(extension, StringComparison.Ordinal))
                return true;
        return false;
    }

    [GeneratedRegex(@"^id\.(?<language>[^.]+)\.train\..+$")]
    private static partial Regex OfficialIds();
}
