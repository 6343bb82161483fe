using System.Management.Automation;
using LapeOps.Corpora;
using LapeOps.Profiling;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Parameters;

/// <summary>What cmdlets that count activations take.</summary>
public abstract class ProfilingCmdlet : ModelCmdlet
{
    /// <summary>Texts of several languages; each cmdlet says in its own words what they are for, since help has no inheritance.</summary>
    public abstract object? Corpus { get; set; }

    /// <summary>
    /// Whether a document of a text file is the file (default) or a line. A line of .jsonl and a row of .parquet are documents anyway.
    /// Tokenization never crosses documents.
    /// </summary>
    [Parameter]
    public DocumentKind Documents { get; set; }

    /// <summary>The field of .jsonl and the column of .parquet that hold the text; by default text.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string TextField { get; set; } = CorpusReading.DefaultTextField;

    /// <summary>Leaves out documents that a language had before, character for character. Without it they are counted and a warning tells how many.</summary>
    [Parameter]
    public SwitchParameter Deduplicate { get; set; }

    /// <summary>
    /// Counts another form of the texts, to tell what neurons follow: Shuffle, the words of each line in a random order (characters, in
    /// scripts without spaces between words); Romanize, Latin letters without marks for everything, a character at a time (Han as in
    /// Mandarin, in Japanese too). By default None. Statistics record it, and do not merge with those of other forms.
    /// </summary>
    [Parameter]
    public TextTransform Transform { get; set; }

    /// <summary>Seed of the order of words with -Transform Shuffle.</summary>
    [Parameter]
    public ulong Seed { get; set; }

    /// <summary>Tokens a row, row start included. By default the smaller of 4096 and the model's limit.</summary>
    [Parameter]
    [ValidateRange(3, int.MaxValue)]
    public int Context { get; set; }

    /// <summary>Auto puts what the tokenizer puts before a text at the start of each row; None packs rows of text alone, as the official code does.</summary>
    [Parameter]
    public RowStart RowStart { get; set; }

    /// <summary>The last rows of each language, kept from counting for Measure-LapePerplexity: 8 by default, at most a fifth of a language's rows.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int HoldOut { get; set; } = 8;

    /// <summary>One cap on the tokens of every language; 99,999,744 by default, as in the official code.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxTokens { get; set; } = RowPlan.OfficialMaxTokens;

    /// <summary>Rows computed together. Results of different batch sizes differ by rounding, so it is recorded in the statistics.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int BatchSize { get; set; }

    /// <summary>Whether sums of activations are kept beside the counts: steering and other scorers need them, LAPE does not.</summary>
    private protected abstract bool TakesSums { get; }

    private protected CorpusReading Reading => new(Documents, TextField, Deduplicate, Transform, Transform == TextTransform.Shuffle ? Seed : 0);

    private protected ProfileOptions Options => new()
    {
        Context = Context == 0 ? null : Context,
        RowStart = RowStart,
        HoldOut = HoldOut,
        MaxTokens = MaxTokens,
        BatchSize = BatchSize == 0 ? null : BatchSize,
        Sums = TakesSums,
    };

    /// <summary>Counts a corpus, with progress.</summary>
    private protected ActivationStatistics Measure(LanguageModel model, string? outPath, bool force)
    {
        var corpus = ResolveCorpus(Corpus!, Reading);
        var options = Options;
        return Work(emitter =>
        {
            var plan = ProfilePlan.Make(model, corpus, options, emitter.Stop);
            Warn(emitter, plan);
            foreach (var language in plan.Languages)
                emitter.Verbose($"{language.Language}: {language.Rows.CountedRows} rows of {language.Plan.Context} tokens to count, {language.Rows.HeldOutRows} held out, {language.Rows.TokensDropped} tokens dropped.");
            return ActivationProfiler.Measure(model, plan, outPath, force ? EarlierStatistics.Ignore : EarlierStatistics.Protect, progress: new Shown(emitter, model.Name), stop: emitter.Stop);
        });
    }

    /// <summary>Tells what is worth knowing of a plan before it runs.</summary>
    private protected static void Warn(Emitter emitter, ProfilePlan plan)
    {
        foreach (var warning in plan.Warnings)
            emitter.Warning(warning);
        if (SmallCorpora.Warning([.. plan.Languages.Select(l => (l.Language, (long)l.Rows.CountedRows * l.Plan.TextTokens, l.Rows.CountedRows, l.Rows.Groups))]) is { } small)
            emitter.Warning(small);
    }

    private sealed class Shown(Emitter emitter, string model) : IProgress<ProfileProgress>
    {
        public void Report(ProfileProgress value)
        {
            var percent = (int)(100 * value.TokensDone / value.TokensInAll);
            var speed = value.TokensComputed / value.Elapsed.TotalSeconds;
            emitter.Progress($"Profiling {model}", $"{value.Language}: {value.TokensDone:N0} of {value.TokensInAll:N0} tokens, {speed:N0} a second", percent, value.Left);
        }
    }
}
