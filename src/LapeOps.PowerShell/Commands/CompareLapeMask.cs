using System.Management.Automation;
using LapeOps.Evaluation;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Compares two masks of one model, whatever made them.</summary>
/// <remarks>
/// For each language that both have, and for "any" (neurons of at least one language): neurons in both, their Jaccard index, how many two
/// random masks of these sizes share, and the probability of such an overlap by chance; in all and by layer. Overlaps, Jaccards and Log10Ps of
/// the result have every language of the one against every language of the other, RankCorrelation is Spearman's of the scores of neurons that
/// both sides scored. Languages of the result has the rows, for Export-Csv and the like.
/// </remarks>
/// <example>
/// <code>Get-LapeNeurons -Statistics ./demo.safetensors | Compare-LapeMask ./demo.neuron.pth</code>
/// <para>How far the neurons of these statistics are those of a mask file.</para>
/// </example>
/// <example>
/// <code>(Compare-LapeMask $neurons (Get-LapeNeurons $other -TopRate 0.02)).Languages | Where-Object Jaccard -lt 0.5</code>
/// <para>The languages on which two selections agree least.</para>
/// </example>
[Cmdlet(VerbsData.Compare, "LapeMask")]
[OutputType(typeof(MaskAgreement))]
public sealed class CompareLapeMaskCommand : ModelCmdlet
{
    private readonly List<object?> _difference = [];

    /// <summary>A mask: the path of a mask file, neurons of Get-LapeNeurons or Import-LapeMask, or objects with Layer and Neuron, and Languages and Score where they have some.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public object[] ReferenceObject { get; set; } = [];

    /// <summary>The other mask, likewise.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    public object[] DifferenceObject { get; set; } = [];

    /// <summary>Layers of the model; needed only where neither mask says it, as objects with Layer and Neuron do not.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? Layers { get; set; }

    /// <summary>Neurons of a layer; needed only where neither mask says it, as a .neuron.pth does not.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Width { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _difference.AddRange(DifferenceObject);

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(ReferenceObject, terminating: true, () =>
    {
        var reference = MaskInput.Of(nameof(ReferenceObject), ReferenceObject, MaskPath);
        var difference = MaskInput.Of(nameof(DifferenceObject), _difference, MaskPath);
        WriteObject(MaskAgreement.Between(
            reference.ToMask("reference", difference.Layers ?? Layers, difference.Width ?? Width),
            difference.ToMask("difference", reference.Layers ?? Layers, reference.Width ?? Width),
            reference.Scores, difference.Scores, Width));
    });

    private string MaskPath(string path) => Resolve(path, literal: false)[0];
}
