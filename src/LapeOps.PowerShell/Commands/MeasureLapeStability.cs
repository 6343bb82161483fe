using System.Management.Automation;
using LapeOps.Evaluation;
using LapeOps.PowerShell.Parameters;
using LapeOps.Scoring;

namespace LapeOps.PowerShell.Commands;

/// <summary>Tells how far to trust a mask, from the blocks in its statistics.</summary>
/// <remarks>
/// Neurons are selected anew on parts of the corpus (eighths, of as many rows each as can be) and compared. SplitHalf is the mean Jaccard of
/// masks of two halves, over all ways to halve the blocks; Curve has it for smaller parts, too, always of parts that share no text. TokensNeeded
/// is where a curve through these (odds of agreement as a power of the tokens) reaches a Jaccard of 0.95, and Extrapolation how many times
/// more tokens that is than the largest part had: far above 1 it is a guess. The bootstrap draws blocks with replacement and tells
/// how much the number of a language's neurons varies. All of it is for text of this kind; other kinds may well give other neurons.
/// </remarks>
/// <example>
/// <code>Measure-LapeStability -Statistics ./demo.safetensors</code>
/// <para>Stability of every language's neurons.</para>
/// </example>
/// <example>
/// <code>(Measure-LapeStability -Statistics ./demo.safetensors -TopRate 0.05).Curve | Export-Csv curve.csv</code>
/// <para>Agreement against tokens, for another share of neurons, as a table.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "LapeStability")]
[OutputType(typeof(MaskStability))]
public sealed class MeasureLapeStabilityCommand : ModelCmdlet
{
    /// <summary>What Measure- or Merge-LapeActivation wrote, or the path of a file of statistics. Imported counts have no blocks.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public object? Statistics { get; set; }

    /// <summary>Share of all neurons that are language-specific, as for Get-LapeNeurons.</summary>
    [Parameter]
    public double TopRate { get; set; } = new LapeOptions().TopRate;

    /// <summary>Quantile that makes candidates, as for Get-LapeNeurons.</summary>
    [Parameter]
    public double FilterRate { get; set; } = new LapeOptions().FilterRate;

    /// <summary>Quantile that makes owners, as for Get-LapeNeurons.</summary>
    [Parameter]
    public double OwnerRate { get; set; } = new LapeOptions().OwnerRate;

    /// <summary>Seed of the bootstrap: the same seed gives the same numbers.</summary>
    [Parameter]
    public ulong Seed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Statistics, terminating: false, () =>
    {
        var options = new LapeOptions(TopRate, FilterRate, OwnerRate).Checked();
        var statistics = ResolveStatistics(Statistics!);
        WriteObject(Work(emitter => MaskStability.Of(statistics, options, Seed, stop: emitter.Stop,
            progress: (done, all) => emitter.Progress("Measuring stability", $"{done} of {all} selections", 100 * done / all, null))));
    });
}
