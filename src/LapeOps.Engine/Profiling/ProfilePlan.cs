using System.Reflection;
using LapeOps.Architectures;
using LapeOps.Corpora;
using LapeOps.Statistics;
using TorchSharp;

namespace LapeOps.Profiling;

/// <summary>What stands at the start of rows.</summary>
public enum RowStart
{
    /// <summary>The ids that the tokenizer puts before a text.</summary>
    Auto,
    /// <summary>Nothing: the official code's packing.</summary>
    None,
}

/// <summary>What is asked of a profiling run; what is null takes the default that METHOD.md names.</summary>
public sealed record ProfileOptions
{
    /// <summary>Tokens a row; by default the smaller of 4096 and the model's limit.</summary>
    public int? Context { get; init; }

    /// <summary>What stands at the start of rows.</summary>
    public RowStart RowStart { get; init; }

    /// <summary>The last rows of each language, kept for perplexity.</summary>
    public int HoldOut { get; init; } = 8;

    /// <summary>The cap on tokens of each language.</summary>
    public long MaxTokens { get; init; } = RowPlan.OfficialMaxTokens;

    /// <summary>Rows computed together; by default as many as make about 2,048 tokens, on a GPU 16,384.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Whether the float64 sums are taken.</summary>
    public bool Sums { get; init; } = true;
}

/// <summary>A profiling run before it runs: rows of every language, identity, memory. Nothing is computed yet.</summary>
public sealed class ProfilePlan
{
    private const int DefaultContext = 4096;

    // Characters from which on the memory of one document is worth a word.
    private const int LongDocument = 1 << 24;

    private ProfilePlan(StatisticsIdentity identity, IReadOnlyList<TokenRows> languages, IReadOnlyList<string> warnings, ProfileMemory memory)
    {
        Identity = identity;
        Languages = languages;
        Warnings = warnings;
        Memory = memory;
    }

    /// <summary>What the statistics will be of.</summary>
    public StatisticsIdentity Identity { get; }

    /// <summary>The rows of each language.</summary>
    public IReadOnlyList<TokenRows> Languages { get; }

    /// <summary>What the user should know, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Bytes that the run takes on the device, by part, and on disk.</summary>
    public ProfileMemory Memory { get; }

    /// <summary>Version of LapeOps, as statistics record it.</summary>
    public static string Version { get; } = typeof(ProfilePlan).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Tokenizes the corpus and cuts rows.</summary>
    /// <exception cref="LapeException">CorpusTooSmall, CorpusNotUtf8, ParameterOutOfRange; MemoryInsufficient with both numbers and the batch that fits.</exception>
    public static ProfilePlan Make(LanguageModel model, Corpus corpus, ProfileOptions options, CancellationToken stop = default) =>
        Make(model, corpus, options, null, stop);

    /// <summary>Plans a run on another device than that of the model, which then has shapes alone; what does not fit there is a warning.</summary>
    internal static ProfilePlan Make(LanguageModel model, Corpus corpus, ProfileOptions options, torch.Device? target, CancellationToken stop)
    {
        var context = options.Context ?? Math.Min(DefaultContext, model.Shape.ContextLimit);
        var gpu = (target ?? model.Device).type == DeviceType.CUDA;
        var batch = options.BatchSize ?? Math.Max(1, (gpu ? 16384 : 2048) / context);
        var plan = new RowPlan(context, options.RowStart == RowStart.Auto ? model.Tokenizer.RowStart : [], options.HoldOut, options.MaxTokens, batch);
        var languages = corpus.Languages.Select(l => model.Rows(l, corpus.Reading, plan, stop));
        return Of(model, plan, [.. languages], corpus.Reading, options.Sums, target);
    }

    /// <summary>Plans the counting of rows that were cut before.</summary>
    /// <exception cref="LapeException">ParameterOutOfRange; MemoryInsufficient with both numbers and the batch that fits.</exception>
    public static ProfilePlan Of(LanguageModel model, RowPlan plan, IReadOnlyList<TokenRows> languages, CorpusReading reading, bool sums) =>
        Of(model, plan, languages, reading, sums, null);

    private static ProfilePlan Of(LanguageModel model, RowPlan plan, IReadOnlyList<TokenRows> languages, CorpusReading reading, bool sums, torch.Device? target)
    {
        plan.Validate();
        var shape = model.Shape;
        var memory = ProfileMemory.Of(shape, model.WeightBytes(target ?? model.Device), plan, sums, languages);
        var identity = new StatisticsIdentity(model.Fingerprint, model.Name, model.TokenizerHash, shape.Layers, shape.Width, shape.Hidden,
            plan.Context, plan.RowStart, plan.HoldOut, plan.MaxTokens, plan.RowsPerGroup, reading.Documents.ToString(), model.Type.ToString(),
            (target ?? model.Device).type.ToString().ToLowerInvariant(), sums, Version, reading.TextField, reading.Deduplicate,
            reading.Transform == TextTransform.None ? null : reading.Transform.ToString(), reading.Seed);
        var warnings = Warn(model, plan, languages, reading).ToList();
        if (target is null)
            RequireMemory(model, plan, memory);
        else if (Native.Memory.Available(target) is var available && memory.Weights + memory.BesideWeights > available)
            warnings.Add($"It needs {(memory.Weights + memory.BesideWeights) / 1e6:N0} MB and {available / 1e6:N0} MB are available on {identity.DeviceKind}.");
        return new ProfilePlan(identity, languages, warnings, memory);
    }

    private static IEnumerable<string> Warn(LanguageModel model, RowPlan plan, IReadOnlyList<TokenRows> languages, CorpusReading reading)
    {
        if (plan.Context > model.Shape.ContextLimit)
            yield return $"A context of {plan.Context} is beyond the {model.Shape.ContextLimit} tokens that '{model.Name}' was made for; its rotary positions go on, its quality may not.";
        foreach (var language in languages)
        {
            var documents = language.Documents;
            if (documents.Duplicates > 0 && !reading.Deduplicate)
                yield return $"'{language.Language}' has {documents.Duplicates} of {documents.Count} documents a second time; -Deduplicate leaves them out.";
            if (documents.HeldCharacters > LongDocument)
                yield return $"'{language.Language}' has a document of {documents.LongestCharacters:N0} characters, of which {documents.HeldCharacters:N0} are held at once while it becomes tokens, as this tokenizer or the file's format needs; lines or smaller files take less memory.";
        }
    }

    private static void RequireMemory(LanguageModel model, RowPlan plan, ProfileMemory memory)
    {
        var available = Native.Memory.Available(model.Device);
        var fits = (available - memory.Statistics) / PassBytes(model.Shape, 1, plan.Context);
        Native.Memory.Require($"Profiling '{model.Name}' with {plan.RowsPerGroup} rows of {plan.Context} tokens at once", memory.BesideWeights, available,
            fits >= 1 ? $"A batch size of {fits} fits." : "Use a shorter context.");
    }

    /// <summary>
    /// Bytes that a forward pass holds at its widest: four tensors of the residual width, the larger of attention's and the feed-forward
    /// layer's, and one of the latter's for what a tap makes.
    /// </summary>
    internal static long PassBytes(TransformerShape shape, long rows, long tokens) =>
        rows * tokens * sizeof(float) * ((4L * shape.Hidden) + Math.Max(6L * shape.Heads * shape.HeadWidth, 3L * shape.Width));
}
