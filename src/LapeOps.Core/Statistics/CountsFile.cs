using System.Runtime.InteropServices;
using LapeOps.Corpora;
using LapeOps.Formats.Pickle;

namespace LapeOps.Statistics;

/// <summary>How a file of counts names its parts.</summary>
public enum CountsFormat
{
    /// <summary>The paper's code: {n, over_zero}, one file a language.</summary>
    Official,
    /// <summary>NJUNLP/Language-Neurons-Alignment: {total_tokens, over_zero}, one file a language.</summary>
    NjuNlp,
}

/// <summary>
/// Counts of other programs, in torch's zip format: a dictionary of n (or total_tokens) and over_zero, an int64 or int32 tensor [L, d], one
/// file a language; or one file with such a dictionary for each language. Where there is a file of the same name with "prefix." before it,
/// its counts are taken off: what is left are those of the response (METHOD.md, "Other scorers"). Both were counted in passes of their own,
/// whose rounding differs, so that a few differences of published files come out below 0 or above n; they are set to that limit, and told.
/// Reading executes nothing.
/// </summary>
public static class CountsFile
{
    // Languages that one import may have, so that tensors that share a storage cannot ask for more memory than files are large.
    private const int MostLanguages = 1000;

    // Differences beyond their limits, of all neurons of a language: 11 of 458,752 in NJUNLP's files. More are of other texts.
    private const double MostBeyond = 0.001;

    private sealed record Source(string Path, string Language, long Tokens, TorchTensor OverZero);

    /// <summary>Reads counts of one model.</summary>
    /// <param name="paths">The files: full counts, and those with prefix. before their names.</param>
    /// <param name="languages">Names of the languages in the order of the full files; by default what the files' names say.</param>
    /// <param name="warn">Told what was set to a limit.</param>
    /// <exception cref="LapeException">
    /// FileNotFound, FileNotReadable, TorchArchiveInvalid, PickleRefused; CountsFileInvalid where a file has no such counts or they cannot
    /// be; CountsMismatch where files do not belong together.
    /// </exception>
    public static ActivationStatistics Read(IReadOnlyList<string> paths, IReadOnlyList<string>? languages = null, Action<string>? warn = null)
    {
        var files = paths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).ToLookup(p => CountsFileName.Of(p).Prefix);
        var full = files[false].ToArray();
        var prefixes = files[true].ToHashSet(StringComparer.Ordinal);
        if (full.Length == 0)
            throw Mismatch(paths.Count == 0 ? "no file was given" : $"{paths[0]} has counts of prompts alone, and no file of full counts was given");
        var model = ModelOf(full);
        var activations = new List<LanguageActivation>();
        var beyond = 0;
        (long, long)? shape = null;
        foreach (var path in full)
        {
            var prefix = Path.Combine(Path.GetDirectoryName(path)!, CountsFileName.PrefixMark + Path.GetFileName(path));
            var paired = prefixes.Remove(prefix);
            if (!paired && files[true].Any())
                throw Mismatch($"{path} has no file of prefix counts and others have");
            activations.AddRange(ReadOne(path, paired ? prefix : null, ref shape, ref beyond));
        }
        if (prefixes.Count > 0)
            throw Mismatch($"{prefixes.First()} has counts of prompts alone, and its full counts were not given");
        var named = Named(activations, languages);
        if (beyond > 0)
            warn?.Invoke($"{beyond} differences of full and prefix counts were below 0 or above the tokens left, and were set to that limit.");
        return new ActivationStatistics(StatisticsIdentity.OfCounts(model, (int)shape!.Value.Item1, (int)shape.Value.Item2), named);
    }

    /// <summary>Writes counts in a format of other programs, each file whole or not at all.</summary>
    /// <param name="statistics">Finished statistics.</param>
    /// <param name="path">
    /// A file (.pth or .pt), which gets the dictionary of the only language, or with several one dictionary for each; any other path is a
    /// folder, which gets a file for each language, named as the other program names it.
    /// </param>
    /// <param name="format">The other program.</param>
    /// <returns>The files.</returns>
    /// <exception cref="LapeException">StatisticsUnfinished, OutputNotWritable.</exception>
    public static IReadOnlyList<string> Write(ActivationStatistics statistics, string path, CountsFormat format = CountsFormat.Official)
    {
        if (statistics.Activations.FirstOrDefault(a => !a.Complete) is { } unfinished)
            throw new LapeException("StatisticsUnfinished", $"'{unfinished.Language}' is counted in {unfinished.GroupsCounted} of {unfinished.Rows.Groups} groups, which other programs could not see. Finish the run first.");
        path = Path.GetFullPath(path);
        if (Path.GetExtension(path).ToLowerInvariant() is not (".pth" or ".pt"))
            return [.. statistics.Activations.Select(a => WriteFile(Path.Combine(path, NameOf(a.Language, statistics.Identity.ModelName, format)), Dictionary(a)))];
        return [WriteFile(path, statistics.Activations.Count == 1
            ? Dictionary(statistics.Activations[0])
            : statistics.Activations.Select(a => KeyValuePair.Create(a.Language, Dictionary(a))).ToArray())];

        object Dictionary(LanguageActivation activation) => new KeyValuePair<string, object>[]
        {
            new(format == CountsFormat.Official ? "n" : "total_tokens", activation.Tokens),
            new("over_zero", new TorchTensorData(TorchType.Long, [statistics.Layers, statistics.Width], MemoryMarshal.AsBytes(activation.OverZero.Span).ToArray())),
        };

        static string WriteFile(string file, object content)
        {
            TorchArchiveWriter.Write(file, content);
            return file;
        }
    }

    private static string NameOf(string language, string model, CountsFormat format) =>
        format == CountsFormat.Official ? CountsFileName.Official(language, model) : CountsFileName.NjuNlp(language, model);

    private static string ModelOf(string[] full)
    {
        var models = full.Select(p => CountsFileName.Of(p).Model).Where(m => m.Length > 0).Distinct(StringComparer.Ordinal).ToArray();
        return models.Length <= 1 ? models.FirstOrDefault("") : throw Mismatch($"by their names, files are of the models {string.Join(" and ", models.Take(2))}");
    }

    private static IReadOnlyList<LanguageActivation> Named(List<LanguageActivation> activations, IReadOnlyList<string>? languages)
    {
        if (languages is not null && languages.Count != activations.Count)
            throw Mismatch($"the files hold {activations.Count} languages and you gave {languages.Count}: {string.Join(", ", languages)}");
        var named = languages is null ? activations : [.. activations.Zip(languages, (a, name) => a with { Language = name })];
        foreach (var name in named.Select(a => a.Language))
            LanguageName.Require(name);
        return named.DistinctBy(a => a.Language, StringComparer.Ordinal).Count() == named.Count
            ? named
            : throw Mismatch($"'{named.GroupBy(a => a.Language).First(g => g.Count() > 1).Key}' stands twice among the languages; name them with -Language in the order of the files");
    }

    private static List<LanguageActivation> ReadOne(string path, string? prefixPath, ref (long, long)? shape, ref int beyond)
    {
        using var archive = TorchArchive.Open(path);
        using var prefixArchive = prefixPath is null ? null : TorchArchive.Open(prefixPath);
        var sources = Sources(archive);
        var prefixes = prefixArchive is null ? null : Sources(prefixArchive);
        if (prefixes is not null && prefixes.Count != sources.Count)
            throw Mismatch($"{path} has counts of {sources.Count} languages and {prefixPath} of {prefixes.Count}");
        var hash = new LanguageCorpus("", prefixPath is null ? [path] : [path, prefixPath]).Hash();
        var activations = new List<LanguageActivation>();
        for (var i = 0; i < sources.Count; i++)
        {
            foreach (var source in prefixes is null ? new[] { sources[i] } : [sources[i], prefixes[i]])
                if ((shape ??= Shape(source)) != Shape(source))
                    throw Mismatch($"{source.Path} has {source.OverZero.Shape[0]} layers x {source.OverZero.Shape[1]} neurons, and the first file {shape.Value.Item1} x {shape.Value.Item2}");
            activations.Add(Activation(sources[i], prefixes?[i], sources.Count == 1 ? hash : $"{hash}/{i}", ref beyond));
        }
        return activations;
    }

    private static (long, long) Shape(Source source) => (source.OverZero.Shape[0], source.OverZero.Shape[1]);

    private static LanguageActivation Activation(Source full, Source? prefix, string hash, ref int beyond)
    {
        var (tokens, counts) = (full.Tokens - (prefix?.Tokens ?? 0), Counts(full));
        if (tokens is < 1 or > uint.MaxValue)
            throw Invalid(full.Path, prefix is null ? $"it has {tokens} positions" : $"less {prefix.Path} it has {tokens} positions");
        if (prefix is not null)
            beyond += Subtract(counts, Counts(prefix), tokens, full.Path, prefix.Path);
        // Of the rows nothing is known but that they were counted: one group, whose block is the whole.
        return new LanguageActivation(full.Language, new LanguageRows(hash, tokens, 0, 0, 0, Groups: 1), 1, tokens, counts, Array.ConvertAll(counts, c => (uint)c), null);
    }

    private static int Subtract(long[] counts, long[] off, long tokens, string path, string prefixPath)
    {
        var beyond = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var left = counts[i] - off[i];
            counts[i] = Math.Clamp(left, 0, tokens);
            beyond += left == counts[i] ? 0 : 1;
        }
        return beyond <= counts.Length * MostBeyond
            ? beyond
            : throw Invalid(path, $"less {prefixPath}, {beyond} of {counts.Length} counts are below 0 or above the {tokens} positions left, so those are prompts of other texts");
    }

    private static long[] Counts(Source source)
    {
        var counts = source.OverZero.ReadInt64();
        return counts.All(c => c >= 0 && c <= source.Tokens) ? counts : throw Invalid(source.Path, $"it has counts below 0 or above its {source.Tokens} positions");
    }

    private static List<Source> Sources(TorchArchive archive)
    {
        if (archive.Root is not IReadOnlyDictionary<string, object?> root)
            throw Invalid(archive.Path, "its object is not a dictionary");
        var sources = root.ContainsKey("over_zero")
            ? [SourceOf(archive.Path, CountsFileName.Of(archive.Path).Language, root)]
            : root.Select(p => SourceOf(archive.Path, p.Key, p.Value as IReadOnlyDictionary<string, object?>)).ToList();
        // Tensors may share a storage, so what they announce together is compared with what the file can hold.
        if (sources.Count is 0 or > MostLanguages || sources.Aggregate(Int128.Zero, (sum, s) => sum + s.OverZero.Count) * sizeof(int) > archive.FileLength)
            throw Invalid(archive.Path, $"it announces counts of {sources.Count} languages, more than it holds");
        return sources;
    }

    private static Source SourceOf(string path, string language, IReadOnlyDictionary<string, object?>? counts)
    {
        if (counts?.GetValueOrDefault("over_zero") is not TorchTensor { Type: TorchType.Long or TorchType.Int, Shape: [> 0 and <= int.MaxValue, > 0 and <= int.MaxValue] } overZero)
            throw Invalid(path, "it has no over_zero that is an int64 or int32 tensor of layers x neurons");
        if ((counts.GetValueOrDefault("n") ?? counts.GetValueOrDefault("total_tokens")) is not long tokens || tokens < 1)
            throw Invalid(path, "it has no positive whole number as n or total_tokens");
        return new(path, language, tokens, overZero);
    }

    private static LapeException Invalid(string path, string what) =>
        new("CountsFileInvalid", $"{path} does not hold activation counts: {what}. The official code writes {{n, over_zero}}, NJUNLP's {{total_tokens, over_zero}}.");

    private static LapeException Mismatch(string what) => new("CountsMismatch", $"These counts cannot be read together: {what}.");
}
