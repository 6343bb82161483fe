using System.Management.Automation;
using LapeOps.Native;
using LapeOps.Native.Install;
using LapeOps.Packages;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Installs libtorch, without which nothing computes, once for a user and a machine.</summary>
/// <remarks>
/// The module comes without libtorch. This command takes libtorch's NuGet packages, from a feed or from files, checks their SHA-512
/// and puts their libraries into one folder of the user's cache. It does nothing where the folder is complete. A download that breaks or is
/// stopped by Ctrl+C goes on when the command runs again. -WhatIf asks the feed, tells packages and bytes, and downloads nothing.
/// The hash of libtorch for the CPU is known beforehand; those of the packages with CUDA are the feed's.
/// </remarks>
/// <example>
/// <code>Install-LapeRuntime</code>
/// <para>Installs libtorch for the CPU from nuget.org: 57 to 128 MB to download.</para>
/// </example>
/// <example>
/// <code>Install-LapeRuntime -Flavor Cuda -WhatIf</code>
/// <para>Tells what libtorch with CUDA would take: several gigabytes.</para>
/// </example>
/// <example>
/// <code>Install-LapeRuntime -Source ./packages</code>
/// <para>Installs from .nupkg files that were brought to a machine without a network.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Install, "LapeRuntime", SupportsShouldProcess = true)]
[OutputType(typeof(LapeRuntime))]
public sealed class InstallLapeRuntimeCommand : InstallCmdlet
{
    /// <summary>Cpu (default), or Cuda for NVIDIA's GPUs on Linux and Windows.</summary>
    [Parameter]
    public RuntimeFlavour Flavor { get; set; }

    private protected override Installation Wanted() => new RuntimeInstallation(Flavor);

    private protected override object Written(InstalledFolder folder) => new LapeRuntime(folder, Flavor);
}
