using System.Text.Json;
using LapeOps.Corpora;
using LapeOps.Formats;
using LapeOps.Profiling;

namespace LapeOps.MSBuild.Inputs;

/// <summary>
/// What statistics were made of, kept as JSON beside them. Content decides what is up to date, so that new timestamps (a fresh clone with a
/// cached obj/) measure nothing.
/// </summary>
/// <param name="LapeOps">Version that measured.</param>
/// <param name="Settings">How, as one line.</param>
/// <param name="Model">Files of the model.</param>
/// <param name="Corpora">Files of each language, in the order in which they were read.</param>
internal sealed record StatisticsProvenance(string LapeOps, string Settings, IReadOnlyList<HashedFile> Model, IReadOnlyList<HashedCorpus> Corpora)
{
    private const long MostBytes = 64 << 20;

    // What computation can depend on; Inputs of the target names the same.
    private static readonly string[] ModelExtensions = [".json", ".safetensors", ".txt", ".model"];

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 8 };

    /// <summary>SHA-256 over the model's files.</summary>
    public string ModelHash => LanguageCorpus.HashOfHashes(Model.Select(f => $"{f.Name} {f.Sha256}"));

    /// <summary>Where it stands.</summary>
    public static string PathFor(string statistics) => Path.ChangeExtension(statistics, ".provenance.json");

    /// <summary>Hashes what is there now.</summary>
    /// <exception cref="LapeException">FileNotReadable, ModelNotFound.</exception>
    public static StatisticsProvenance Of(string model, string settings, Corpus corpus, StatisticsProvenance? earlier)
    {
        if (!Directory.Exists(model))
            throw new LapeException("ModelNotFound", $"The model {model} does not exist. Give a folder with config.json, *.safetensors and a tokenizer.");
        var files = Directory.GetFiles(model).Where(f => ModelExtensions.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal);
        return new(ProfilePlan.Version, settings,
            [.. files.Select(f => HashedFile.Of(f, earlier?.Model ?? []))],
            [.. corpus.Languages.Select(l => new HashedCorpus(l.Language,
                [.. l.Files.Select(f => HashedFile.Of(f, earlier?.Corpora.FirstOrDefault(c => c.Language == l.Language)?.Files ?? []))]))]);
    }

    /// <summary>The provenance of statistics; null where there is none that can be read.</summary>
    public static StatisticsProvenance? Read(string statistics)
    {
        try
        {
            return File.Exists(PathFor(statistics)) && BoundedFile.Read(PathFor(statistics), MostBytes) is { } json
                ? JsonSerializer.Deserialize<StatisticsProvenance>(json, Json)
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes it beside the statistics.</summary>
    public void Write(string statistics) => AtomicFile.Write(PathFor(statistics), stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>Whether statistics of the other are those of this one: the same contents, whatever the times.</summary>
    public bool SameContents(StatisticsProvenance other) =>
        LapeOps == other.LapeOps && Settings == other.Settings && ModelHash == other.ModelHash
        && Corpora.Select(Contents).SequenceEqual(other.Corpora.Select(Contents));

    private static string Contents(HashedCorpus corpus) => $"{corpus.Language} {string.Join(' ', corpus.Files.Select(f => f.Sha256))}";
}

/// <summary>The files of a language.</summary>
/// <param name="Language">Its name.</param>
/// <param name="Files">In the order in which they are read.</param>
internal sealed record HashedCorpus(string Language, IReadOnlyList<HashedFile> Files);
