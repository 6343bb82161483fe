using System.Management.Automation;
using LapeOps.Corpora;
using LapeOps.Masks;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;
using LapeOps.Profiling;
using LapeOps.Scoring;

namespace LapeOps.PowerShell.Commands;

/// <summary>Finds the neurons that serve single languages, by the entropy of their activation probabilities (LAPE).</summary>
/// <remarks>
/// Takes statistics, or a model and texts to count first. The rates are those of the paper (arXiv 2402.16438): of all neurons with some
/// activation probability above the FilterRate quantile, the TopRate share with the lowest entropy is language-specific, and belongs to the
/// languages with a probability above the OwnerRate quantile.
/// </remarks>
/// <example>
/// <code>Get-LapeNeurons -Statistics ./demo.safetensors | Where-Object Layer -lt 4</code>
/// <para>The language-specific neurons of the first four layers.</para>
/// </example>
/// <example>
/// <code>Get-LapeNeurons -Model ./examples/demo -Corpus ./examples/demo/texts -Context 128 | Set-LapeMask -Language zh | Invoke-LapeGenerate -Prompt 'Q: 你好'</code>
/// <para>Counts, scores, switches the Chinese neurons off and answers a prompt.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "LapeNeurons", DefaultParameterSetName = "Statistics")]
[Alias("Get-LapeNeuron")]
[OutputType(typeof(LapeNeuron))]
public sealed class GetLapeNeuronsCommand : ProfilingCmdlet
{
    /// <summary>What Measure-, Merge- or Import-LapeActivation wrote, or the path of a file of statistics.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Statistics")]
    public object? Statistics { get; set; }

    /// <summary>An open model, or the path of its folder. With statistics: the model that Set-LapeMask will take.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Corpus")]
    [Parameter(ParameterSetName = "Statistics")]
    [ModelTransformation]
    public ModelReference? Model { get; set; }

    /// <summary>
    /// Texts to count first, in place of statistics: files, folders and wildcards, where file base names and subfolders name the languages,
    /// or a hashtable of language = paths, such as @{ zh = 'a.txt', 'b/' }.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "Corpus")]
    public override object? Corpus { get; set; }

    /// <summary>Only neurons that belong to one of these languages. Scores and thresholds are over all languages of the statistics.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[] Language { get; set; } = [];

    /// <summary>Share of all neurons that are language-specific, above 0 and at most 1.</summary>
    [Parameter]
    public double TopRate { get; set; } = new LapeOptions().TopRate;

    /// <summary>A neuron is a candidate when some language's activation probability is above this quantile of all.</summary>
    [Parameter]
    public double FilterRate { get; set; } = new LapeOptions().FilterRate;

    /// <summary>A neuron belongs to the languages whose activation probability is above this quantile of all.</summary>
    [Parameter]
    public double OwnerRate { get; set; } = new LapeOptions().OwnerRate;

    private protected override bool TakesSums => true;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Statistics, terminating: ParameterSetName == "Corpus", () =>
    {
        var options = new LapeOptions(TopRate, FilterRate, OwnerRate).Checked();
        var model = Model is null ? null : OpenModel(Model);
        var statistics = ParameterSetName == "Corpus" ? Measure(model!.View.Model, null, force: false) : ResolveStatistics(Statistics!);
        if (model is not null)
            statistics.RequireModel(model.Fingerprint, model.Name, model.Layers, model.Width);
        foreach (var language in Language)
            _ = statistics[language];
        // A run has told its own; a file may be of long ago.
        if (ParameterSetName == "Statistics" && !statistics.Identity.Imported
            && SmallCorpora.Warning([.. statistics.Activations.Select(a => (a.Language, a.Tokens, a.Rows.CountedRows, a.Rows.Groups))]) is { } small)
            WriteWarning(small);
        var scored = Work(_ => Lape.Score(ActivationCounts.Of(statistics), options));
        var origin = new NeuronOrigin(scored.ToMask(MaskProvenance.Of(statistics, options, scored, ProfilePlan.Version)), scored.SelectionMask(), statistics, model);
        WriteVerbose($"{scored.Neurons.Count} neurons; of each language: {string.Join(", ", origin.Selection.Languages.Select(l => $"{l} {origin.Selection.Count(l)}"))}.");
        foreach (var neuron in scored.Neurons)
        {
            var languages = neuron.Owners.Select(k => scored.Languages[k]).ToArray();
            if (Language.Length == 0 || languages.Intersect(Language).Any())
                WriteObject(new LapeNeuron(origin, neuron.Layer, neuron.Neuron, languages, neuron.Score,
                    new ProbabilityTable(scored.Languages.Zip(neuron.Probabilities, KeyValuePair.Create))));
        }
    });
}
