using LapeOps.Corpora;
using LapeOps.Formats;
using LapeOps.MSBuild.Inputs;
using LapeOps.MSBuild.Messages;
using LapeOps.Profiling;
using LapeOps.Transformers;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace LapeOps.MSBuild.Tasks;

/// <summary>
/// Counts on texts of several languages how often each neuron is active, as the cmdlet of the same name does. Where
/// the statistics are there and were made of the same contents it hashes and measures nothing; else it measures the languages that changed.
/// It loads libtorch, and only where there is something to measure.
/// </summary>
public sealed class MeasureLapeActivation : LapeTask
{
    /// <summary>Folder of the model.</summary>
    [Required]
    public ITaskItem? Model { get; set; }

    /// <summary>
    /// Texts; the metadata Language, or else the file's base name, names the language. Languages and their files are taken in ordinal order.
    /// </summary>
    [Required]
    public ITaskItem[] Corpus { get; set; } = [];

    /// <summary>The statistics file. Beside it stands the provenance that decides what is up to date.</summary>
    [Required]
    public ITaskItem? OutPath { get; set; }

    /// <summary>Tokens a row; empty for the smaller of 4096 and the model's limit.</summary>
    public string Context { get; set; } = "";

    /// <summary>The cap on tokens of every language; empty for that of the official code.</summary>
    public string MaxTokens { get; set; } = "";

    /// <summary>Auto, cpu, cuda or cuda:N.</summary>
    public string Device { get; set; } = "";

    /// <summary>Float32, BFloat16 or Auto; empty for the device's default.</summary>
    public string DType { get; set; } = "";

    /// <summary>File or Line: what a document of a text file is.</summary>
    public string Documents { get; set; } = "";

    /// <summary>The field of .jsonl and the column of .parquet that hold the text; empty for "text".</summary>
    public string TextField { get; set; } = "";

    /// <summary>Whether documents that a language had before are left out.</summary>
    public bool Deduplicate { get; set; }

    /// <summary>Whether the float64 sums are taken, which steering needs and masks do not.</summary>
    public bool Sums { get; set; }

    /// <summary>A folder that keeps finished languages for other projects; empty for none.</summary>
    public string CacheDirectory { get; set; } = "";

    /// <summary>project.assets.json of the project, where a libtorch package is looked for.</summary>
    public string AssetsFile { get; set; } = "";

    /// <summary>The statistics, with the metadata Languages and Measured (those that this run computed).</summary>
    [Output]
    public ITaskItem? Statistics { get; private set; }

    private protected override void Run()
    {
        (At, Asked) = (Model, OutPath);
        var output = OutPath!.GetMetadata("FullPath");
        var model = Path.TrimEndingDirectorySeparator(Model!.GetMetadata("FullPath"));
        var options = new ProfileOptions
        {
            Context = (int?)Metadata.Count(nameof(Context), Context, int.MaxValue),
            MaxTokens = Metadata.Count(nameof(MaxTokens), MaxTokens, long.MaxValue) ?? RowPlan.OfficialMaxTokens,
            Sums = Sums,
        };
        var device = Device is { Length: > 0 } ? Device : OpenModels.Auto;
        var type = Metadata.Choice<ComputeType>(nameof(DType), DType);
        var reading = new CorpusReading(Metadata.Choice<DocumentKind>(nameof(Documents), Documents) ?? DocumentKind.File,
            TextField is { Length: > 0 } ? TextField : CorpusReading.DefaultTextField, Deduplicate);
        // Wildcards give items in the file system's order, which differs from machine to machine, and statistics have an order.
        var corpus = Corpora.Corpus.FromNamed(Corpus.GroupBy(Metadata.LanguageOf, (language, texts) =>
            KeyValuePair.Create(language, texts.Select(t => t.GetMetadata("FullPath")).Order(StringComparer.Ordinal).AsEnumerable())).OrderBy(l => l.Key, StringComparer.Ordinal), reading);

        using var alone = OutputLock.Wait(StatisticsProvenance.PathFor(output) + ".lock", () => Say($"{OutPath}: another build measures it; waiting."), Stop).GetAwaiter().GetResult();
        var earlier = StatisticsProvenance.Read(output);
        var now = StatisticsProvenance.Of(model, $"{options} {device.ToLowerInvariant()} {type} {reading}", corpus, earlier);
        var upToDate = File.Exists(output) && earlier is not null && now.SameContents(earlier);
        var measured = upToDate ? [] : Measure();
        now.Write(output);
        Statistics = new TaskItem(OutPath);
        Statistics.SetMetadata("Languages", string.Join(';', corpus.Languages.Select(l => l.Language)));
        Statistics.SetMetadata("Measured", string.Join(';', measured));
        if (upToDate)
            Say($"{OutPath}: model and texts have the contents that it was made of; nothing is measured.");

        IReadOnlyCollection<string> Measure()
        {
            BuildRuntime.Ensure(AssetsFile);
            var (opened, _) = OpenModels.Get(model, device, type);
            var plan = ProfilePlan.Make(opened, corpus, options, Stop);
            foreach (var warning in plan.Warnings)
                Warn("LAPE0308", warning);
            // A change that the fingerprint's samples miss.
            var sameModel = earlier is null || earlier.ModelHash == now.ModelHash;
            var cache = CacheDirectory is { Length: > 0 } ? new StatisticsCache(Path.GetFullPath(CacheDirectory), now.ModelHash) : null;
            using var sharing = cache?.Lock(plan.Identity, () => Say($"{OutPath}: another project measures the same model; waiting."), Stop);
            var progress = new MeasureProgress(OutPath!.ItemSpec, Say);
            var statistics = ActivationProfiler.Measure(opened, plan, output, sameModel ? EarlierStatistics.Replace : EarlierStatistics.Ignore, cache, progress, Stop);
            Say($"{OutPath}: {statistics.Languages.Count} languages, {statistics.Activations.Sum(a => a.Tokens)} tokens; measured now: {(progress.Languages.Count > 0 ? string.Join(", ", progress.Languages) : "none")}.");
            return progress.Languages;
        }
    }
}
