using System.Management.Automation;
using LapeOps.Native;
using LapeOps.PowerShell.Objects;

namespace LapeOps.PowerShell.Commands;

/// <summary>Lists the devices that can compute, with their memory and the libtorch that is used.</summary>
/// <remarks>
/// libtorch comes from the folder that LAPE_LIBTORCH names, else from the runtime folder: beside a published host, else in the user's cache.
/// The device that -Device Auto chooses comes first.
/// </remarks>
/// <example>
/// <code>Get-LapeDevice</code>
/// <para>Lists all devices.</para>
/// </example>
/// <example>
/// <code>(Get-LapeDevice | Where-Object Auto).RuntimePath</code>
/// <para>Tells where libtorch is loaded from.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "LapeDevice")]
[OutputType(typeof(LapeDevice))]
public sealed class GetLapeDeviceCommand : LapeCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(null, terminating: true, () =>
    {
        foreach (var device in Work(_ => DeviceInfo.All()))
            WriteObject(new LapeDevice(device));
        if (NativeRuntime.Warning is { } warning)
            WriteWarning(warning);
    });
}
