using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using LapeOps.Corpora;
using LapeOps.Formats;

namespace LapeOps.Statistics;

/// <summary>
/// Statistics on disk: a safetensors file with the arrays of each language as <c>language/array</c>, and in its metadata the format's
/// version, the identity and the languages as JSON. It holds no time and no path, so the same measurement gives the same bytes.
/// </summary>
public static class StatisticsFile
{
    /// <summary>Version of this format; another one is refused.</summary>
    public const int FormatVersion = 1;

    // Shards stand there where several were merged.
    private sealed record Entry(string Language, LanguageRows Rows, int GroupsCounted, long Tokens, IReadOnlyList<ActivationShard>? Shards = null)
    {
        [JsonIgnore]
        public int Blocks => Shards?.Sum(s => LanguageActivation.BlockCount(s.Groups)) ?? LanguageActivation.BlockCount(Rows.Groups);

        [JsonIgnore]
        public bool IsWhole => Language is not null && Tokens is >= 0 and <= LanguageActivation.MostTokens
            && Rows is { CorpusHash: not null, TokensFound: >= 0 and <= LanguageActivation.MostTokens, TokensDropped: >= 0 and <= LanguageActivation.MostTokens, CountedRows: >= 0, HeldOutRows: >= 0, Groups: > 0 }
            && GroupsCounted >= 0 && GroupsCounted <= Rows.Groups
            && (Shards is null || (Shards.Count is > 1 and <= MostShards && Shards.All(s => s is { CorpusHash: not null, Groups: > 0, CountedRows: > 0 })
                && Shards.Sum(s => (long)s.Groups) == Rows.Groups && Shards.Sum(s => (long)s.CountedRows) == Rows.CountedRows));
    }

    /// <summary>Shards that a language may be merged of.</summary>
    internal const int MostShards = 1000;

    private static readonly JsonSerializerOptions _json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Writes statistics whole or not at all.</summary>
    public static void Write(string path, ActivationStatistics statistics)
    {
        var tensors = new List<SafetensorsTensor>();
        long layers = statistics.Layers, width = statistics.Width, hidden = statistics.Identity.Hidden;
        foreach (var language in statistics.Activations)
        {
            Add(language, "over_zero", language.OverZero, layers, width);
            Add(language, "blocks", language.Blocks, language.Blocks.Length / (layers * width), layers, width);
            if (language.Sums is not { } sums)
                continue;
            Add(language, "activation_sum", sums.Activation, layers, width);
            Add(language, "activation_square_sum", sums.ActivationSquare, layers, width);
            Add(language, "product_sum", sums.Product, layers, width);
            Add(language, "residual_sum", sums.Residual, layers, hidden);
            Add(language, "residual_norm_sum", sums.ResidualNorm, layers);
        }
        var entries = statistics.Activations.Select(a => new Entry(a.Language, a.Rows, a.GroupsCounted, a.Tokens, a.Shards.Count > 1 ? a.Shards : null));
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            ["lapeops_statistics"] = FormatVersion.ToString(CultureInfo.InvariantCulture),
            ["identity"] = JsonSerializer.Serialize(statistics.Identity),
            ["languages"] = JsonSerializer.Serialize(entries, _json),
        });

        void Add<T>(LanguageActivation language, string name, ReadOnlyMemory<T> values, params long[] shape) where T : unmanaged =>
            tensors.Add(new($"{language.Language}/{name}", SafetensorsDTypes.Of<T>(), shape, MemoryMarshal.AsBytes(values.Span).ToArray()));
    }

    /// <summary>Maps statistics; arrays are read from disk when they are touched.</summary>
    /// <exception cref="LapeException">FileNotFound, SafetensorsInvalid, or StatisticsInvalid where the file is of another kind, version or contradicts itself.</exception>
    public static ActivationStatistics Read(string path)
    {
        var file = SafetensorsFile.Open(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads statistics into memory, so that their file can be replaced (Windows refuses that of a mapped one).</summary>
    /// <exception cref="LapeException">As <see cref="Read(string)"/>.</exception>
    public static ActivationStatistics ReadCopy(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var mapped = Read(file);
        return new ActivationStatistics(mapped.Identity, [.. mapped.Activations.Select(Copy)], file.Path);

        static LanguageActivation Copy(LanguageActivation a) => a with
        {
            OverZero = a.OverZero.ToArray(),
            Blocks = a.Blocks.ToArray(),
            Sums = a.Sums is not { } s ? null : new ActivationSums(
                s.Activation.ToArray(), s.ActivationSquare.ToArray(), s.Product.ToArray(), s.Residual.ToArray(), s.ResidualNorm.ToArray()),
        };
    }

    private static ActivationStatistics Read(SafetensorsFile file)
    {
        var (identity, entries) = ReadMetadata(file);
        return new ActivationStatistics(identity, [.. entries.Select(e => ReadLanguage(file, identity, e))], file.Path);
    }

    private static (StatisticsIdentity, Entry[]) ReadMetadata(SafetensorsFile file)
    {
        var version = file.Metadata.GetValueOrDefault("lapeops_statistics")
            ?? throw Invalid(file, "it has no lapeops_statistics in its metadata, so it is a safetensors file of another kind");
        if (version != FormatVersion.ToString(CultureInfo.InvariantCulture))
            throw Invalid(file, $"its format is version {version} and this LapeOps reads version {FormatVersion}");
        try
        {
            var identity = JsonSerializer.Deserialize<StatisticsIdentity>(file.Metadata["identity"]);
            var entries = JsonSerializer.Deserialize<Entry[]>(file.Metadata["languages"]);
            if (identity is not { Layers: > 0, Width: > 0, Hidden: >= 0, Context: >= 0, HoldOut: >= 0, MaxTokens: >= 0, RowsPerGroup: >= 0 }
                || identity is not { ModelFingerprint: not null, ModelName: not null, TokenizerHash: not null, RowStart: not null }
                || identity is not { Documents: not null, DType: not null, DeviceKind: not null, Version: not null, TextField: not null }
                || (identity.Hidden == 0 && identity.Sums) || entries is null || entries.Any(e => e is not { IsWhole: true }))
                throw Invalid(file, "its metadata lacks values, or has some that cannot be");
            if (entries.FirstOrDefault(e => !LanguageName.IsValid(e.Language)) is { } unnamed)
                throw Invalid(file, $"'{unnamed.Language}' cannot name a language");
            if (entries.DistinctBy(e => e.Language).Count() != entries.Length)
                throw Invalid(file, "it names a language twice");
            return (identity, entries);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw Invalid(file, $"its metadata is not valid: {e.Message}", e);
        }
    }

    private static LanguageActivation ReadLanguage(SafetensorsFile file, StatisticsIdentity identity, Entry entry)
    {
        long layers = identity.Layers, width = identity.Width;
        return new LanguageActivation(entry.Language, entry.Rows, entry.GroupsCounted, entry.Tokens,
            Read<long>("over_zero", layers, width),
            Read<uint>("blocks", entry.Blocks, layers, width),
            !identity.Sums ? null : new ActivationSums(
                Read<double>("activation_sum", layers, width), Read<double>("activation_square_sum", layers, width), Read<double>("product_sum", layers, width),
                Read<double>("residual_sum", layers, identity.Hidden), Read<double>("residual_norm_sum", layers)))
        {
            Shards = entry.Shards ?? [new(entry.Rows.CorpusHash, entry.Rows.Groups, entry.Rows.CountedRows)],
        };

        ReadOnlyMemory<T> Read<T>(string name, params ReadOnlySpan<long> shape) where T : unmanaged => file.Read<T>($"{entry.Language}/{name}", shape);
    }

    private static LapeException Invalid(SafetensorsFile file, string what, Exception? inner = null) =>
        new("StatisticsInvalid", $"{file.Path} does not hold activation statistics: {what}. Make them with Measure-LapeActivation.", inner);
}
