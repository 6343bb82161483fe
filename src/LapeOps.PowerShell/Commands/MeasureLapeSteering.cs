using System.Management.Automation;
using System.Text;
using LapeOps.Evaluation;
using LapeOps.Formats;
using LapeOps.Languages;
using LapeOps.Masks;
using LapeOps.Perplexity;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;
using LapeOps.Statistics;
using LapeOps.Steering;

namespace LapeOps.PowerShell.Commands;

/// <summary>Measures how often answers that are steered to a language are in it, beside random neurons and other ways of steering.</summary>
/// <remarks>
/// Each question is answered by every method: not steered (None), the source's neurons off and the target's at their mean (Paper), the
/// target's neurons moved by their difference of means (DiffMean), random neurons treated as the paper's (Control), the residual stream of
/// one layer moved (Residual), and the prompt that asks for the language (Prompt). Answers are greedy with a repetition penalty of 1.1.
/// Their language is told offline, over all 79 languages that the detector knows and over those of the statistics alone, beside its
/// accuracy on held-out native text of their length. A joint success is on target, its first half too, and not degenerate: fewer than 30 %
/// of its 4-grams are repeated, and the unmodified model finds it no less likely than native text (mean and two standard deviations).
/// Layer and alpha of Residual are chosen on four other questions: the layers at a quarter, half and three quarters of the depth, alpha 0.1, 0.25,
/// 0.5 and 1 mean norms of the stream. Shares come with 95 % confidence intervals (Wilson). A build brings the detector's
/// models; without one, Install-LapeLanguageModel gets them.
/// </remarks>
/// <example>
/// <code>Get-LapeNeurons -Statistics ./gemma.safetensors -Model ./gemma-3-270m | Measure-LapeSteering -Corpus ./corpora -Question ./questions.txt -Target zh</code>
/// <para>The table for Chinese: the first ten questions of a file, all methods.</para>
/// </example>
/// <example>
/// <code>$table = $neurons | Measure-LapeSteering -Corpus ./corpora -Question ./questions.txt -Full -Method None, Paper, DiffMean -Strength 0.5, 1, 2</code>
/// <para>All questions and targets, DiffMean at three strengths. $table.Rows has the rates, $table.Answers every answer.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "LapeSteering")]
[OutputType(typeof(SteeringTable))]
public sealed class MeasureLapeSteeringCommand : ModelCmdlet
{
    private const long MostQuestionBytes = 1 << 24;
    private static readonly SteeringOptions Defaults = new() { Targets = [] };
    private readonly List<NeuronInput> _neurons = [];

    /// <summary>Neurons with their languages, of Get-LapeNeurons or Import-LapeMask.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The texts that the statistics were counted on, of which the held-out rows are native text: files, folders and wildcards, or a hashtable of language = paths.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public object? Corpus { get; set; }

    /// <summary>Questions in the source language, or the paths of text files with one a line.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] Question { get; set; } = [];

    /// <summary>The model, or the path of its folder. Neurons that were found with a model need none.</summary>
    [Parameter]
    [ModelTransformation]
    public ModelReference? Model { get; set; }

    /// <summary>Statistics with sums, or the path of their file. Neurons that were found in statistics need none.</summary>
    [Parameter]
    public object? Statistics { get; set; }

    /// <summary>A file of a mask with the languages' neurons, in place of neurons from the pipeline.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Mask { get; set; }

    /// <summary>Language of the questions, whose neurons Paper switches off.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string Source { get; set; } = Defaults.Source;

    /// <summary>Languages to steer to; by default all others of the statistics.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[] Target { get; set; } = [];

    /// <summary>Methods, all by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public SteeringMethod[] Method { get; set; } = [.. Defaults.Methods];

    /// <summary>alpha of DiffMean, and factors of the alpha that is chosen for Residual: several make a sweep. The other methods have no strength.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public double[] Strength { get; set; } = [.. Defaults.Strengths];

    /// <summary>New tokens of an answer at the most.</summary>
    [Parameter]
    [ValidateRange(1, 4096)]
    public int MaxTokens { get; set; } = Defaults.MaxTokens;

    /// <summary>Scores all questions and not the first ten alone.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>Answers computed together.</summary>
    [Parameter]
    [ValidateRange(1, 4096)]
    public int BatchSize { get; set; } = Defaults.BatchSize;

    /// <summary>Seed of the random neurons.</summary>
    [Parameter]
    public ulong Seed { get; set; }

    /// <summary>High (default) tells short texts apart best and takes 2.3 GB of memory; Low takes 0.2 GB.</summary>
    [Parameter]
    public DetectorAccuracy Detector { get; set; }

    /// <summary>
    /// A file for the table, as JSON. It is written after each target, and the same command goes on from there; one that was measured with something
    /// else is refused.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutPath { get; set; }

    /// <summary>Measures anew what is in the file of -OutPath.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Allows a method that changes nothing.</summary>
    [Parameter]
    public SwitchParameter AllowNoOp { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(InputObject, terminating: false, () =>
    {
        if (InputObject is not null)
            _neurons.Add(NeuronInput.Of(InputObject));
    });

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Question, terminating: true, () =>
    {
        // What is wrong with the questions is said before a model is loaded for them.
        var questions = SteeringQuestions.Split(Question.SelectMany(Questions), Full ? int.MaxValue : SteeringQuestions.Default, Method.Contains(SteeringMethod.Residual));
        var origin = _neurons.Select(n => n.Origin).FirstOrDefault(o => o is not null);
        var statistics = Statistics is not null ? ResolveStatistics(Statistics) : origin?.Statistics
            ?? throw new LapeException("StatisticsMissing", "Mean activations come from statistics, which these neurons do not know. Give -Statistics.");
        var options = new SteeringOptions
        {
            Source = Source,
            Targets = Target.Length > 0 ? Target : [.. statistics.Languages.Where(l => l != Source)],
            Methods = Method,
            Strengths = Strength,
            MaxTokens = MaxTokens,
            BatchSize = BatchSize,
            Seed = Seed,
            AllowNoOp = AllowNoOp,
        };
        options.Validate();
        foreach (var language in options.Targets.Append(Source))
            _ = statistics[language];
        var corpus = ResolveCorpus(Corpus!, HeldOutPerplexity.Reading(statistics));
        if (options.Targets.FirstOrDefault(t => corpus.Languages.All(l => l.Language != t)) is { } missing)
            throw new LapeException("LanguageUnknown", $"The corpus has no text of '{missing}'. It has: {string.Join(", ", corpus.Languages.Select(l => l.Language))}.");
        corpus = corpus with { Languages = [.. corpus.Languages.Where(l => options.Targets.Contains(l.Language))] };
        using var detector = new LanguageDetector(statistics.Languages, Detector);
        var model = RequireUnmasked(Model is not null ? OpenModel(Model) : origin?.Model
            ?? throw new LapeException("ModelMissing", "These neurons do not know their model. Give -Model."));
        var (mask, selection) = Neurons(model, statistics);
        var path = OutPath is null ? null : ResolveLiteral(OutPath);
        WriteObject(Work(emitter =>
        {
            var rows = HeldOutPerplexity.Rows(model.View.Model, statistics, corpus, emitter.Stop);
            var run = new SteeringRun(model.View.Model, statistics, mask, selection, rows, detector, options, new Shown(emitter), emitter.Stop);
            using var result = new ResultOutput<SteeringTable>(path, run.Key(questions), Force);
            return run.Run(questions, result.Earlier, result.Write);
        }));
    });

    // The languages' neurons, and what control neurons avoid.
    private (NeuronMask Mask, NeuronMask Selection) Neurons(LapeModel model, ActivationStatistics statistics)
    {
        if (Mask is not null)
        {
            var mask = MaskFile.Read(Resolve(Mask, literal: false)[0], null);
            mask.RequireModel(model.Fingerprint, model.Name);
            return (mask, mask);
        }
        if (_neurons.Count == 0)
            throw new LapeException("NeuronMissing", "No neuron came by pipeline and no mask was given. Pipe from Get-LapeNeurons or Import-LapeMask, or give -Mask.");
        NeuronInput.RequireModel(_neurons, model.Fingerprint, model.Name, model.Layers, model.Width);
        var all = NeuronInput.MaskOf(_neurons, "selected", model);
        var byLanguage = statistics.Languages.Select(l => NeuronMask.ByLayer(model.Layers, _neurons.Where(n => n.Languages.Contains(l)).Select(n => (n.Layer, n.Neuron))));
        return (new NeuronMask(model.Layers, model.Width, statistics.Languages, [.. byLanguage]), _neurons[0].Origin?.Excluded ?? all);
    }

    // A question that names a file stands for the file's lines.
    private IEnumerable<string> Questions(string question)
    {
        var isName = question.Length > 0 && !question.AsSpan().ContainsAny("\n?\0");
        if (!isName || ResolveLiteral(question) is not { } path || (!Path.Exists(path) && Path.GetExtension(path) != ".txt"))
            return [question];
        if (Directory.Exists(path))
            throw new LapeException("FileNotFound", $"{path} is a folder. Give questions, or a text file with one a line.");
        if (!File.Exists(path))
            throw new LapeException("FileNotFound", $"{path} is not there. Give questions, or a text file with one a line.");
        var bytes = BoundedFile.Read(path, MostQuestionBytes) ?? throw new LapeException("FileNotReadable", $"{path} has more than {MostQuestionBytes:N0} bytes, which are no questions. Give a file with one a line.");
        return Encoding.UTF8.GetString(bytes).Split('\n');
    }

    private sealed class Shown(Emitter emitter) : IProgress<SteeringProgress>
    {
        public void Report(SteeringProgress value) =>
            emitter.Progress(value.Stage, $"{value.Done} of {value.Of}", 100 * value.Done / value.Of, value.Left);
    }
}
