using System.Management.Automation;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;
using LapeOps.Profiling;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Commands;

/// <summary>Which statistics are kept beside the counts.</summary>
public enum StatisticsSums
{
    /// <summary>Sums of activations, their squares, products and residuals in float64: for steering and other scorers.</summary>
    All,
    /// <summary>Counts alone.</summary>
    None,
}

/// <summary>Counts on texts of several languages how often each neuron is active.</summary>
/// <remarks>
/// The expensive step: every threshold, mask and mean is computed from its result in seconds, without the model. With -OutPath it can be
/// stopped by Ctrl+C, or killed, at any time: whole groups of rows are kept beside the file, and the same command goes on from there and
/// ends with the same file, byte for byte. Languages that the file already has of the same texts are taken over.
/// </remarks>
/// <example>
/// <code>Measure-LapeActivation -Model ./examples/demo -Corpus ./examples/demo/texts -Context 128 -OutPath ./demo.safetensors</code>
/// <para>Counts seven languages and writes the statistics.</para>
/// </example>
/// <example>
/// <code>Measure-LapeActivation -Model $model -Corpus @{ zh = 'a.txt', 'b/'; fr = 'c.txt' } -WhatIf</code>
/// <para>Shows rows, tokens, memory and time of each language without loading weights.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "LapeActivation", SupportsShouldProcess = true)]
[OutputType(typeof(ActivationStatistics), typeof(LapeProfilePlan))]
public sealed class MeasureLapeActivationCommand : ProfilingCmdlet
{
    /// <summary>An open model, or the path of its folder.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ModelTransformation]
    public ModelReference? Model { get; set; }

    /// <summary>
    /// Texts to count on: files, folders and wildcards, where file base names and subfolders name the languages, or a hashtable of
    /// language = paths, such as @{ zh = 'a.txt', 'b/' }. Files are text (UTF-8, or UTF-16 with a byte order mark), .jsonl, .parquet, each
    /// also as .gz, or the token ids (.pth) of the paper's code.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1)]
    public override object? Corpus { get; set; }

    /// <summary>The statistics file (.safetensors). Without it, statistics stay in memory and a stopped run is lost.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty]
    public string? OutPath { get; set; }

    /// <summary>None leaves the float64 sums out, for a smaller file: LAPE needs counts alone.</summary>
    [Parameter]
    public StatisticsSums Sums { get; set; }

    /// <summary>Measures anew and replaces the file, whatever it has.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool TakesSums => Sums == StatisticsSums.All;

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Model, terminating: true, () =>
    {
        var path = OutPath is null ? null : ResolveLiteral(OutPath);
        if (ShouldProcess(path ?? "statistics in memory", "Count activations"))
            WriteObject(Measure(OpenModel(Model!).View.Model, path, Force));
        else
            WriteObject(Plan(), enumerateCollection: true);
    });

    private IReadOnlyList<LapeProfilePlan> Plan()
    {
        var corpus = ResolveCorpus(Corpus!, Reading);
        var open = Model!.Model?.View.Model;
        var folder = open?.Folder ?? Resolve(Model.Path!, literal: false)[0];
        return Work(emitter =>
        {
            var preview = ProfilePreview.Make(folder, open, corpus, Options, emitter.Stop);
            Warn(emitter, preview.Plan);
            return LapeProfilePlan.Of(preview.Plan, preview.Time);
        });
    }
}
