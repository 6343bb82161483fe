using System.Management.Automation;
using LapeOps.Perplexity;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Measures how well a model predicts the held-out text of each language, with and without masks.</summary>
/// <remarks>
/// Uses the rows that the statistics held out, found again in the same texts, whose hashes are checked. Changes are differences of the
/// negative log-likelihood in nats against the unmodified model, which is always measured. A mask that changes no activation is an error.
/// </remarks>
/// <example>
/// <code>Measure-LapePerplexity -Model $masked -Statistics ./demo.safetensors -Corpus ./examples/demo/texts</code>
/// <para>The held-out NLL of every language, without and with a mask.</para>
/// </example>
/// <example>
/// <code>$views | Measure-LapePerplexity -Statistics $statistics -Corpus ./examples/demo/texts -Language zh, ja</code>
/// <para>Several views on two languages.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "LapePerplexity")]
[OutputType(typeof(LapePerplexity))]
public sealed class MeasureLapePerplexityCommand : ModelCmdlet
{
    private readonly List<LapeModel> _views = [];

    /// <summary>Open models and views, or paths of model folders.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ModelsTransformation]
    public ModelReference[] Model { get; set; } = [];

    /// <summary>What Measure-LapeActivation wrote, or the path of its file: it knows which rows were held out.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public object? Statistics { get; set; }

    /// <summary>The texts that the statistics were counted on: files, folders and wildcards, or a hashtable of language = paths.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    public object? Corpus { get; set; }

    /// <summary>Only these languages.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[] Language { get; set; } = [];

    /// <summary>Allows a mask that changes nothing.</summary>
    [Parameter]
    public SwitchParameter AllowNoOp { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var model in Model)
            Guard(model, terminating: false, () => _views.Add(OpenModel(model)));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Statistics, terminating: true, () =>
    {
        var statistics = ResolveStatistics(Statistics!);
        var corpus = ResolveCorpus(Corpus!, HeldOutPerplexity.Reading(statistics));
        foreach (var language in Language)
            _ = statistics[language];
        if (Language.Length > 0)
            corpus = corpus with { Languages = [.. corpus.Languages.Where(l => Language.Contains(l.Language))] };
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
    });
}
