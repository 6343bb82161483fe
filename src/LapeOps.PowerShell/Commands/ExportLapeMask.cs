using System.Management.Automation;
using LapeOps.Masks;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Writes neurons as a mask file.</summary>
/// <remarks>
/// The extension decides on the format: .neuron.pth is the official one, which the paper's code reads; .json, .safetensors and .csv are for
/// people and other programs. JSON and safetensors also keep what the mask was made of: model and texts by their hashes, rates and cut-offs,
/// versions. Languages keep their order, those without a neuron included. The same neurons give the same bytes each time.
/// </remarks>
/// <example>
/// <code>Get-LapeNeurons -Statistics ./demo.safetensors | Export-LapeMask ./demo.neuron.pth</code>
/// <para>Writes the mask of all languages in the official format.</para>
/// </example>
/// <example>
/// <code>Get-LapeNeurons -Statistics ./demo.safetensors | Where-Object Layer -ge 2 | Export-LapeMask ./late.csv -PassThru</code>
/// <para>Writes some of the neurons as CSV and passes the file on.</para>
/// </example>
[Cmdlet(VerbsData.Export, "LapeMask", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportLapeMaskCommand : ModelCmdlet
{
    private readonly List<LapeNeuron> _neurons = [];

    /// <summary>The file to write; an existing one is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath")]
    public string? Path { get; set; }

    /// <summary>Neurons of Get-LapeNeurons or Import-LapeMask.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public LapeNeuron[] InputObject { get; set; } = [];

    /// <summary>Writes the file's object.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _neurons.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Path, terminating: true, () =>
    {
        var path = ResolveLiteral(Path!);
        if (_neurons.Count == 0)
            throw new LapeException("MaskEmpty", $"No neuron came, so {path} was not written. Check the pipeline before Export-LapeMask.");
        var mask = NeuronInput.MaskOf(_neurons);
        if (!ShouldProcess(path, "Write mask"))
            return;
        MaskFile.Write(mask, path);
        if (PassThru)
            WriteObject(new FileInfo(path));
    });
}
