using System.Management.Automation;
using LapeOps.Native;
using LapeOps.Native.Install;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Installs libtorch, without which nothing computes, once for a user and a machine.</summary>
/// <remarks>
/// The module has everything but libtorch. This command takes libtorch's NuGet packages, from a feed or from files, checks their SHA-512
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
public sealed class InstallLapeRuntimeCommand : ModelCmdlet
{
    /// <summary>
    /// The address of a NuGet feed of version 3 (its index.json), nuget.org by default; or .nupkg files and folders that have some. An
    /// address has to be https, unless it is written as http here.
    /// </summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Source { get; set; } = [RuntimeInstallOptions.DefaultSource];

    /// <summary>Cpu (default), or Cuda for NVIDIA's GPUs on Linux and Windows.</summary>
    [Parameter]
    public RuntimeFlavour Flavor { get; set; }

    /// <summary>Makes the folder anew where it is complete.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Source, terminating: true, () =>
    {
        var options = new RuntimeInstallOptions
        {
            Flavour = Flavor,
            Force = Force,
            Source = [.. Source.SelectMany(s => RuntimeInstallOptions.IsAddress(s) ? [s] : Resolve(s, literal: false))],
        };
        if (!Force && new RuntimeInstaller(options).Found() is { } found)
        {
            WriteVerbose($"{found.Path} is complete. -Force makes it anew.");
            WriteObject(new LapeRuntime(found));
            return;
        }
        if (options.Warning is { } warning)
            WriteWarning(warning);
        var plan = Work(emitter => new RuntimeInstaller(options, emitter.Verbose).Plan(emitter.Stop).GetAwaiter().GetResult());
        // Written as it is for -WhatIf, and in the question of -Confirm.
        if (ShouldProcess($"{plan}", $"{plan}?", "Install libtorch"))
            WriteObject(new LapeRuntime(Work(emitter => new RuntimeInstaller(options, emitter.Verbose, new Shown(emitter)).Install(plan, emitter.Stop).GetAwaiter().GetResult())));
    });

    private sealed class Shown(Emitter emitter) : IProgress<InstallProgress>
    {
        public void Report(InstallProgress value)
        {
            var percent = value.BytesInAll is > 0 and var all ? (int)Math.Min(100, 100 * value.BytesDone / all) : -1;
            emitter.Progress(value.Activity, $"{value.Package}: {value.BytesDone:N0}{(value.BytesInAll is { } whole ? $" of {whole:N0}" : "")} bytes", percent, value.Left);
        }
    }
}
