using System.Management.Automation;
using LapeOps.Evaluation;
using LapeOps.Perplexity;
using LapeOps.PowerShell.Parameters;
using LapeOps.Scoring;

namespace LapeOps.PowerShell.Commands;

/// <summary>Switches parts of each language's neurons off, and measures what that does to its own held-out text and to the others'.</summary>
/// <remarks>
/// Three studies in one table: Rate takes more and more neurons, the top rates of LAPE; Layer takes the neurons of one layer at a time; Owners
/// those that belong to exactly one language, to two, and so on. Changes are differences of the negative log-likelihood in nats against the
/// unmodified model, on the rows that the statistics held out. Steps without a neuron have a row without changes.
/// </remarks>
/// <example>
/// <code>Measure-LapeAblation -Model ./examples/demo -Statistics ./demo.safetensors -Corpus ./examples/demo/texts -Study Rate</code>
/// <para>How the effect of every language's mask grows with the share of neurons that are language-specific.</para>
/// </example>
/// <example>
/// <code>Measure-LapeAblation $model $statistics ./corpora -Language zh -Study Layer | Sort-Object OwnChange -Descending</code>
/// <para>The layers whose Chinese neurons matter most to Chinese text.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "LapeAblation")]
[OutputType(typeof(AblationRow))]
public sealed class MeasureLapeAblationCommand : ModelCmdlet
{
    /// <summary>An open model, or the path of its folder.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ModelTransformation]
    public ModelReference? Model { get; set; }

    /// <summary>What Measure-LapeActivation wrote, or the path of its file: neurons are found in it, and it knows which rows were held out.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public object? Statistics { get; set; }

    /// <summary>The texts that the statistics were counted on: files, folders and wildcards, or a hashtable of language = paths.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    public object? Corpus { get; set; }

    /// <summary>Switches only neurons of these languages off; all texts are measured. By default every language of the statistics.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[]? Language { get; set; }

    /// <summary>What is varied: Rate, Layer, Owners; by default all three.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public AblationStudy[] Study { get; set; } = Enum.GetValues<AblationStudy>();

    /// <summary>Top rates of the study of rates: shares of all neurons, above 0 and at most 1.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public double[] Rate { get; set; } = [0.001, 0.005, 0.01, 0.02, 0.05];

    /// <summary>Share of all neurons that are language-specific in the other studies, above 0 and at most 1.</summary>
    [Parameter]
    public double TopRate { get; set; } = new LapeOptions().TopRate;

    /// <summary>A neuron is a candidate when some language's activation probability is above this quantile of all.</summary>
    [Parameter]
    public double FilterRate { get; set; } = new LapeOptions().FilterRate;

    /// <summary>A neuron belongs to the languages whose activation probability is above this quantile of all.</summary>
    [Parameter]
    public double OwnerRate { get; set; } = new LapeOptions().OwnerRate;

    /// <summary>Allows a step whose neurons change nothing.</summary>
    [Parameter]
    public SwitchParameter AllowNoOp { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Model, terminating: true, () =>
    {
        var options = new LapeOptions(TopRate, FilterRate, OwnerRate).Checked();
        var statistics = ResolveStatistics(Statistics!);
        var corpus = ResolveCorpus(Corpus!, HeldOutPerplexity.Reading(statistics));
        foreach (var language in Language ?? [])
            _ = statistics[language];
        var model = RequireUnmasked(OpenModel(Model!)).View.Model;
        WriteObject(Work(emitter =>
        {
            var texts = HeldOutPerplexity.Rows(model, statistics, corpus, emitter.Stop);
            var steps = AblationStep.Plan(statistics, options, Study, Rate, Language ?? statistics.Languages);
            return AblationMeasurement.Measure(model, texts, steps, AllowNoOp, new Shown(emitter, "Measuring ablations"), emitter.Stop);
        }), enumerateCollection: true);
    });
}
