using System.Management.Automation;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;
using LapeOps.Transformers;

namespace LapeOps.PowerShell.Commands;

/// <summary>Loads a model's weights on a device, for every other cmdlet to use.</summary>
/// <remarks>
/// A folder is opened once a session for a device and type; opening it again gives the same weights. Other cmdlets take a path in place of
/// a model and open it in the same way. Close-LapeModel frees the weights.
/// </remarks>
/// <example>
/// <code>$model = Open-LapeModel ./examples/demo</code>
/// <para>Opens the demo model on the best device that is there.</para>
/// </example>
/// <example>
/// <code>Open-LapeModel ./examples/demo -Device cpu -DType BFloat16</code>
/// <para>Opens it on the CPU, with linear layers in bfloat16.</para>
/// </example>
[Cmdlet(VerbsCommon.Open, "LapeModel", DefaultParameterSetName = "Path")]
[OutputType(typeof(LapeModel))]
public sealed class OpenLapeModelCommand : PathCmdlet
{
    /// <summary>Auto (default: the first CUDA device where a CUDA runtime is present, else the CPU), cpu, cuda or cuda:N.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = OpenModels.Auto;

    /// <summary>The type that linear layers compute in. By default Float32 on a CPU and BFloat16 on CUDA; Auto measures which is faster here.</summary>
    [Parameter]
    public ComputeType DType { get; set; }

    private protected override void Read(string path)
    {
        ComputeType? type = MyInvocation.BoundParameters.ContainsKey(nameof(DType)) ? DType : null;
        WriteObject(OpenModel(new ModelReference(path), Device, type));
    }
}
