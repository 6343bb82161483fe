using System.Management.Automation;
using LapeOps.Corpora;
using LapeOps.Evaluation;
using LapeOps.Perplexity;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Commands;

/// <summary>Measures how well a model predicts the held-out text of each language, with and without masks.</summary>
/// <remarks>
/// Models and views give a result for each view and language; neurons give one matrix: the mask of every language that owns some of them, and
/// random controls, on every text. Uses the rows that the statistics held out, found again in the same texts, whose hashes are checked.
/// Changes are differences of the negative log-likelihood in nats against the unmodified model, which is always measured. A mask that changes
/// no activation is an error. Controls are drawn from the neurons that the whole selection leaves free.
/// </remarks>
/// <example>
/// <code>Measure-LapePerplexity -Model $masked -Statistics ./demo.safetensors -Corpus ./examples/demo/texts</code>
/// <para>The held-out NLL of every language, without and with a mask.</para>
/// </example>
/// <example>
/// <code>$views | Measure-LapePerplexity -Statistics $statistics -Corpus ./examples/demo/texts -Language zh, ja</code>
/// <para>Several views on two languages.</para>
/// </example>
/// <example>
/// <code>$matrix = Get-LapeNeurons $statistics -Model ./examples/demo | Measure-LapePerplexity -Corpus ./examples/demo/texts -Controls PerLanguage; $matrix.Cells | Export-Csv matrix.csv</code>
/// <para>Every language's mask and three controls of each on every text, as a table with a row for each mask and text.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "LapePerplexity", DefaultParameterSetName = Views)]
[OutputType(typeof(LapePerplexity), ParameterSetName = [Views])]
[OutputType(typeof(PerplexityMatrix), ParameterSetName = [Matrix])]
public sealed class MeasureLapePerplexityCommand : ModelCmdlet
{
    private const string Views = "Views", Matrix = "Matrix";
    private readonly List<LapeModel> _views = [];
    private readonly List<LapeNeuron> _neurons = [];

    /// <summary>Open models and views, or paths of model folders. For neurons that were found without a model: that model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = Views)]
    [Parameter(ParameterSetName = Matrix)]
    [ModelsTransformation]
    public ModelReference[] Model { get; set; } = [];

    /// <summary>Neurons of Get-LapeNeurons or Import-LapeMask, by pipeline.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = Matrix)]
    public LapeNeuron[] Neuron { get; set; } = [];

    /// <summary>
    /// What Measure-LapeActivation wrote, or the path of its file: it knows which rows were held out. Neurons that were found in statistics need none.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = Views)]
    [Parameter(ParameterSetName = Matrix)]
    public object? Statistics { get; set; }

    /// <summary>The texts that the statistics were counted on: files, folders and wildcards, or a hashtable of language = paths.</summary>
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = Views)]
    [Parameter(Mandatory = true, ParameterSetName = Matrix)]
    public object? Corpus { get; set; }

    /// <summary>Only these languages. Of a matrix: only their texts and masks.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[] Language { get; set; } = [];

    /// <summary>
    /// Random masks to compare with: Shared has three of the mean size, matched per layer; PerLanguage three for each language, matched per
    /// layer; Activity three for each language, matched per layer and by how active each neuron is on the language's text; None.
    /// </summary>
    [Parameter(ParameterSetName = Matrix)]
    public MatrixControls Controls { get; set; }

    /// <summary>Seed of the first control of each kind; the others take the seeds after it.</summary>
    [Parameter(ParameterSetName = Matrix)]
    public ulong Seed { get; set; }

    /// <summary>
    /// A file for the matrix, as JSON. It is written after each text, and the same command goes on from there; one that was measured with something
    /// else is refused.
    /// </summary>
    [Parameter(ParameterSetName = Matrix)]
    [ValidateNotNullOrEmpty]
    public string? OutPath { get; set; }

    /// <summary>Measures anew what is in the file of -OutPath.</summary>
    [Parameter(ParameterSetName = Matrix)]
    public SwitchParameter Force { get; set; }

    /// <summary>Allows a mask that changes nothing.</summary>
    [Parameter]
    public SwitchParameter AllowNoOp { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _neurons.AddRange(Neuron);
        if (ParameterSetName == Views)
            foreach (var model in Model)
                Guard(model, terminating: false, () => _views.Add(OpenModel(model)));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Statistics, terminating: true, ParameterSetName == Views ? MeasureViews : MeasureMatrix);

    private void MeasureViews()
    {
        var statistics = ResolveStatistics(Statistics!);
        var corpus = ResolveTexts(statistics);
        foreach (var views in _views.GroupBy(v => v.View.Model))
        {
            var rows = Work(emitter => HeldOutPerplexity.Rows(views.Key, statistics, corpus, emitter.Stop));
            ModelView[] measured = [new(views.Key), .. views.Select(v => v.View).Where(v => v.Intervention is not null)];
            var plain = new Dictionary<string, double>();
            for (var i = 0; i < measured.Length; i++)
            {
                for (var k = 0; k < rows.Count; k++)
                {
                    var (view, text, done) = (measured[i], rows[k], (i * rows.Count) + k + 1);
                    var result = Work(emitter =>
                    {
                        var perplexity = HeldOutPerplexity.Measure(view, text, AllowNoOp, emitter.Stop);
                        emitter.Progress("Measuring perplexity", $"{view.Name}: {text.Language}", 100 * done / (measured.Length * rows.Count), null);
                        return perplexity;
                    });
                    plain.TryAdd(text.Language, result.Nll);
                    WriteObject(new LapePerplexity(result, plain[text.Language]));
                }
            }
        }
    }

    private void MeasureMatrix()
    {
        if (_neurons.Count == 0)
            throw new LapeException("MaskEmpty", "No neuron came, so there is no mask to measure. Check the pipeline before Measure-LapePerplexity.");
        var (origin, model) = (_neurons[0].Origin, ResolveModel());
        foreach (var other in _neurons.Select(n => n.Origin).Distinct())
            other.RequireModel(model.Fingerprint, model.Name, model.Layers, model.Width);
        var statistics = Statistics is not null ? ResolveStatistics(Statistics) : origin.Statistics
            ?? throw new LapeException("StatisticsMissing", "These neurons do not know the statistics that held rows out. Give -Statistics.");
        statistics.RequireModel(model.Fingerprint, model.Name, model.Layers, model.Width);
        var corpus = ResolveTexts(statistics);
        var languages = origin.Selection.Languages.Where(l => Language.Length == 0 || Language.Contains(l)).ToArray();
        var masks = MatrixMask.Of(NeuronInput.MaskOf(_neurons).Select(languages), origin.Excluded, Controls, statistics, Seed);
        var path = OutPath is null ? null : ResolveLiteral(OutPath);
        WriteObject(Work(emitter =>
        {
            var texts = HeldOutPerplexity.Rows(model.View.Model, statistics, corpus, emitter.Stop);
            using var result = new ResultOutput<PerplexityMatrix>(path, MatrixMeasurement.Key(model.View.Model, texts, masks, AllowNoOp), Force);
            return MatrixMeasurement.Measure(model.View.Model, texts, masks, AllowNoOp, new Shown(emitter, "Measuring perplexity"), result.Earlier, result.Write, emitter.Stop);
        }));
    }

    private LapeModel ResolveModel()
    {
        if (Model.Length > 1)
            throw new LapeException("ModelSeveral", $"{Model.Length} models were given, and a matrix is of one. Give the model that the neurons were found in.");
        return RequireUnmasked(Model.Length == 1 ? OpenModel(Model[0]) : _neurons[0].Origin.Model
            ?? throw new LapeException("ModelMissing", "These neurons do not know their model. Give -Model."));
    }

    private Corpus ResolveTexts(ActivationStatistics statistics)
    {
        var corpus = ResolveCorpus(Corpus!, HeldOutPerplexity.Reading(statistics));
        foreach (var language in Language)
            _ = statistics[language];
        return Language.Length == 0 ? corpus : corpus with { Languages = [.. corpus.Languages.Where(l => Language.Contains(l.Language))] };
    }
}
