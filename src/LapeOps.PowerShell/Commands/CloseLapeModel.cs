using System.Management.Automation;
using LapeOps.PowerShell.Objects;

namespace LapeOps.PowerShell.Commands;

/// <summary>Frees a model's weights and unmaps its files.</summary>
/// <remarks>Masked views share their model's weights: after closing, each of them fails with an error that says so.</remarks>
/// <example>
/// <code>Close-LapeModel $model</code>
/// <para>Closes a model that was opened before.</para>
/// </example>
/// <example>
/// <code>$plain, $masked | Close-LapeModel</code>
/// <para>Closes the models of several views; two views of one model close it once.</para>
/// </example>
[Cmdlet(VerbsCommon.Close, "LapeModel")]
public sealed class CloseLapeModelCommand : LapeCmdlet
{
    /// <summary>Open models, or views of them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public LapeModel[] Model { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var model in Model)
            model.View.Model.Dispose();
    }
}
