using System.Collections;
using System.Management.Automation;
using LapeOps.Evaluation;
using LapeOps.Masks;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;
using LapeOps.Reports;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Commands;

/// <summary>Writes neurons and results as a report: a web page, JSON, and CSV of every table.</summary>
/// <remarks>
/// Takes whatever comes, in any order, and leaves out what does not: neurons of Get-LapeNeurons with all that they were made of, statistics, perplexity matrices,
/// ablations, stability, agreement of masks, steering, and answers of Invoke-LapeGenerate, which are shown side by side by prompt.
/// report.html needs no network, is light or dark, and can be printed or sent as it is. Text in CSV that a spreadsheet would run as a
/// formula has an apostrophe in front; JSON has it as it was. With -PassThru the summary itself is written, whose view has a bar for each
/// layer; -WhatIf -PassThru shows it and writes no file.
/// </remarks>
/// <example>
/// <code>Get-LapeNeurons -Statistics ./demo.safetensors | Export-LapeReport ./report</code>
/// <para>Where the neurons are, and what they were found in.</para>
/// </example>
/// <example>
/// <code>@($neurons) + $answers | Export-LapeReport -OutPath ./report -Title 'Nightly run' -PassThru</code>
/// <para>Neurons and answers in one report, and the summary in the terminal.</para>
/// </example>
[Cmdlet(VerbsData.Export, "LapeReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo), typeof(EvaluationSummary))]
public sealed class ExportLapeReportCommand : ModelCmdlet
{
    // A list that holds itself has no end.
    private const int MostNested = 16;

    private readonly List<LapeNeuron> _neurons = [];
    private readonly List<AblationRow> _ablation = [];
    private readonly List<ExampleAnswer> _examples = [];
    private EvaluationSummary _summary = new();

    /// <summary>The folder to write to; it is made if need be, and an older report in it is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath")]
    public string? OutPath { get; set; }

    /// <summary>Neurons, results, statistics or answers, in any order.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>Heading of the report.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = new EvaluationSummary().Title;

    /// <summary>Writes the summary in place of the files' objects.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(InputObject, terminating: true, () => Take(InputObject));

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(OutPath, terminating: true, () =>
    {
        var folder = ResolveLiteral(OutPath!);
        var summary = Summary();
        if (summary.Tables.Count == 0)
            throw new LapeException("ReportEmpty", $"Nothing to report came, so {folder} was not written. Check the pipeline before Export-LapeReport.");
        var files = ShouldProcess(folder, "Write report") ? Work(_ => ReportFolder.Write(summary, folder)) : [];
        if (PassThru)
            WriteObject(summary);
        else
            WriteObject(files.Select(f => new FileInfo(f)), enumerateCollection: true);
    });

    private void Take(object? input, int depth = 0)
    {
        switch (input.Unwrapped())
        {
            case null:
                break;
            case LapeNeuron neuron:
                _neurons.Add(neuron);
                break;
            case AblationRow row:
                _ablation.Add(row);
                break;
            case LapeCompletion answer:
                _examples.Add(new(answer.Prompt, answer.Mask, answer.Text));
                break;
            case ActivationStatistics statistics:
                _summary = _summary with { Provenance = MaskProvenance.Of(Once(_summary.Provenance.Count > 0 ? statistics : null, statistics)) };
                break;
            case PerplexityMatrix matrix:
                _summary = _summary with { Matrix = Once(_summary.Matrix, matrix) };
                break;
            case MaskStability stability:
                _summary = _summary with { Stability = Once(_summary.Stability, stability) };
                break;
            case MaskAgreement agreement:
                _summary = _summary with { Overlap = Once(_summary.Overlap, agreement) };
                break;
            case SteeringTable steering:
                _summary = _summary with { Steering = Once(_summary.Steering, steering) };
                break;
            case IEnumerable and not (string or IDictionary) when depth == MostNested:
                throw new LapeException("InputUnexpected", $"A list holds lists {MostNested} deep, or itself. Pipe neurons and results one after another.");
            case IEnumerable items and not (string or IDictionary):
                foreach (var item in items)
                    Take(item, depth + 1);
                break;
            case var other:
                throw new LapeException("InputUnexpected",
                    $"A report has no place for a {other.GetType().Name}. Give neurons of Get-LapeNeurons or Import-LapeMask, statistics, results of Measure- and Compare- cmdlets, or answers of Invoke-LapeGenerate.");
        }
    }

    private static T Once<T>(T? before, T now) where T : class =>
        before is null ? now : throw new LapeException("ReportInputSeveral", $"A second {typeof(T).Name} came, and a report shows one. Export a report for each, to folders of their own.");

    private EvaluationSummary Summary()
    {
        var summary = _summary with { Title = Title, Ablation = _ablation, Examples = _examples };
        if (_neurons.Count == 0)
            return summary;
        var all = _neurons[0].Origin.Selection;
        if (_neurons.Any(n => n.Origin.Selection.Layers != all.Layers || n.Origin.Selection.Width != all.Width || !n.Origin.Selection.Languages.SequenceEqual(all.Languages)))
            throw new LapeException("ReportInputSeveral", "Neurons of several selections came, and a report shows one. Export a report for each, to folders of their own.");
        var mask = NeuronInput.MaskOf(_neurons);
        return summary with { Mask = mask, Overlap = summary.Overlap ?? (mask.Width is null ? null : MaskAgreement.Between(mask, mask)), Provenance = mask.Provenance.Count > 0 ? mask.Provenance : summary.Provenance };
    }
}
