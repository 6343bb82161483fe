using System.Management.Automation;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Tells what a checkpoint is, without loading its weights.</summary>
/// <remarks>
/// Reads config.json, the headers of the safetensors files and tokenizer.json. A checkpoint that cannot be computed is described as well,
/// with Supported false and the reason.
/// </remarks>
/// <example>
/// <code>Get-LapeModel ./examples/demo</code>
/// <para>Describes the demo model.</para>
/// </example>
/// <example>
/// <code>Get-LapeModel ./models/* | Where-Object Supported</code>
/// <para>Lists the checkpoints of a folder that can be opened.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "LapeModel", DefaultParameterSetName = "Path")]
[OutputType(typeof(LapeModelDescription))]
public sealed class GetLapeModelCommand : PathCmdlet
{
    private protected override void Read(string path) => WriteObject(LapeModelDescription.Of(path));
}
