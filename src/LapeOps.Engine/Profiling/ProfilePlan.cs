using System.Reflection;
using LapeOps.Architectures;
using LapeOps.Corpora;
using LapeOps.Native;
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

    private ProfilePlan(StatisticsIdentity identity, IReadOnlyList<TokenRows> languages, IReadOnlyList<string> warnings, long bytes)
    {
        Identity = identity;
        Languages = languages;
        Warnings = warnings;
        BytesNeeded = bytes;
    }

    /// <summary>What the statistics will be of.</summary>
    public StatisticsIdentity Identity { get; }

    /// <summary>The rows of each language.</summary>
    public IReadOnlyList<TokenRows> Languages { get; }

    /// <summary>What the user should know, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Bytes that a group and the totals take on the device, beside the weights.</summary>
    public long BytesNeeded { get; }

    /// <summary>Version of LapeOps, as statistics record it.</summary>
    public static string Version { get; } = typeof(ProfilePlan).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Tokenizes the corpus and cuts rows.</summary>
    /// <exception cref="LapeException">CorpusTooSmall, CorpusNotUtf8, ParameterOutOfRange; MemoryInsufficient with both numbers and the batch that fits.</exception>
    public static ProfilePlan Make(LanguageModel model, Corpus corpus, ProfileOptions options, CancellationToken stop = default)
    {
        var context = options.Context ?? Math.Min(DefaultContext, model.Shape.ContextLimit);
        var gpu = model.Device.type == DeviceType.CUDA;
        var batch = options.BatchSize ?? Math.Max(1, (gpu ? 16384 : 2048) / context);
        var plan = new RowPlan(context, options.RowStart == RowStart.Auto ? model.Tokenizer.RowStart : [], options.HoldOut, options.MaxTokens, batch);
        var languages = corpus.Languages.Select(l => model.Rows(l, corpus.Reading, plan, stop));
        return Of(model, plan, [.. languages], corpus.Reading, options.Sums);
    }

    /// <summary>Plans the counting of rows that were cut before.</summary>
    /// <exception cref="LapeException">ParameterOutOfRange; MemoryInsufficient with both numbers and the batch that fits.</exception>
    public static ProfilePlan Of(LanguageModel model, RowPlan plan, IReadOnlyList<TokenRows> languages, CorpusReading reading, bool sums)
    {
        plan.Validate();
        var shape = model.Shape;
        var bytes = RequireMemory(model, plan, sums);
        var identity = new StatisticsIdentity(model.Fingerprint, model.Name, model.TokenizerHash, shape.Layers, shape.Width, shape.Hidden,
            plan.Context, plan.RowStart, plan.HoldOut, plan.MaxTokens, plan.RowsPerGroup, reading.Documents.ToString(), model.Type.ToString(),
            model.Device.type.ToString().ToLowerInvariant(), sums, Version, reading.TextField, reading.Deduplicate);
        var warnings = plan.Context > shape.ContextLimit
            ? new[] { $"A context of {plan.Context} is beyond the {shape.ContextLimit} tokens that '{model.Name}' was made for; its rotary positions go on, its quality may not." }
            : [];
        return new ProfilePlan(identity, languages, warnings, bytes);
    }

    private static long RequireMemory(LanguageModel model, RowPlan plan, bool sums)
    {
        var shape = model.Shape;
        long neurons = (long)shape.Layers * shape.Width;
        var statistics = neurons * ((LanguageActivation.MostBlocks * sizeof(int)) + sizeof(int) + (sums ? 2 * 3 * sizeof(double) : 0));
        var perRow = PassBytes(shape, 1, plan.Context);
        var bytes = statistics + (perRow * plan.RowsPerGroup);
        var available = Memory.Available(model.Device);
        var fits = (available - statistics) / perRow;
        Memory.Require($"Profiling '{model.Name}' with {plan.RowsPerGroup} rows of {plan.Context} tokens at once", bytes, available,
            fits >= 1 ? $"A batch size of {fits} fits." : "Use a shorter context.");
        return bytes;
    }

    /// <summary>
    /// Bytes that a forward pass holds at its widest: four tensors of the residual width, the larger of attention's and the feed-forward
    /// layer's, and one of the latter's for what a tap makes.
    /// </summary>
    internal static long PassBytes(TransformerShape shape, long rows, long tokens) =>
        rows * tokens * sizeof(float) * ((4L * shape.Hidden) + Math.Max(6L * shape.Heads * shape.HeadWidth, 3L * shape.Width));
}
