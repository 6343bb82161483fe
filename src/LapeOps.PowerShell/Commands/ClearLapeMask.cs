using System.Management.Automation;
using LapeOps.PowerShell.Objects;

namespace LapeOps.PowerShell.Commands;

/// <summary>Gives the unmasked view of a masked model.</summary>
/// <remarks>The masked view stays as it is; both share the model's weights.</remarks>
/// <example>
/// <code>$plain = Clear-LapeMask $masked</code>
/// <para>The model of a masked view, as it answers by itself.</para>
/// </example>
/// <example>
/// <code>$masked, ($masked | Clear-LapeMask) | Invoke-LapeGenerate -Prompt 'Q: Hello'</code>
/// <para>Answers a prompt with and without the mask, in one batch.</para>
/// </example>
[Cmdlet(VerbsCommon.Clear, "LapeMask")]
[OutputType(typeof(LapeModel))]
public sealed class ClearLapeMaskCommand : LapeCmdlet
{
    /// <summary>A view of a model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public LapeModel? Model { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(new LapeModel(new ModelView(Model!.View.Model)));
}
