using System.Management.Automation;
using LapeOps.Masks;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Reads the neurons of a mask file.</summary>
/// <remarks>
/// The extension decides on the format: .pth is the official .neuron.pth of the paper's repository, .json, .safetensors and .csv are those
/// that Export-LapeMask writes. Reading a .pth executes nothing.
/// </remarks>
/// <example>
/// <code>Import-LapeMask ./demo.neuron.pth | Set-LapeMask -Model ./examples/demo -Language fr</code>
/// <para>Switches the French neurons of a mask off.</para>
/// </example>
/// <example>
/// <code>Import-LapeMask ./LLaMA-2-7B.neuron.pth -Language en, zh, fr, es, vi, id, ja</code>
/// <para>Names the languages of an official mask, which has no names, in the file's order.</para>
/// </example>
[Cmdlet(VerbsData.Import, "LapeMask", DefaultParameterSetName = "Path")]
[OutputType(typeof(LapeNeuron))]
public sealed class ImportLapeMaskCommand : PathCmdlet
{
    /// <summary>Names of the languages in the file's order. For a .pth the default is en zh fr es vi id ja for seven, without ja for six.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[]? Language { get; set; }

    private protected override void Read(string path)
    {
        var mask = MaskFile.Read(path, Language);
        var origin = new NeuronOrigin(mask, mask, null, null);
        for (var layer = 0; layer < mask.Layers; layer++)
            foreach (var neuron in mask.Union(layer))
                WriteObject(new LapeNeuron(origin, layer, neuron, mask.Languages.Where(l => mask.Neurons(l, layer).Contains(neuron)), null, null));
    }
}
