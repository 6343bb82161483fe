using System.Management.Automation;
using LapeOps.Packages;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Cmdlets that make a folder of packages, once for a user and a machine.</summary>
public abstract class InstallCmdlet : ModelCmdlet
{
    /// <summary>
    /// The address of a NuGet feed of version 3 (its index.json), nuget.org by default; or .nupkg files and folders that have some. An
    /// address has to be https, unless it is written as http here.
    /// </summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Source { get; set; } = [InstallOptions.DefaultSource];

    /// <summary>Makes the folder anew where it is complete.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>What to install.</summary>
    /// <exception cref="LapeException">PlatformUnsupported.</exception>
    private protected abstract Installation Wanted();

    /// <summary>What is written of a folder that stands.</summary>
    private protected virtual object Written(InstalledFolder folder) => folder;

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Source, terminating: true, () =>
    {
        var wanted = Wanted();
        var options = new InstallOptions
        {
            Force = Force,
            Source = [.. Source.SelectMany(s => InstallOptions.IsAddress(s) ? [s] : Resolve(s, literal: false))],
        };
        if (!Force && new PackageInstaller(wanted, options).Found() is { } found)
        {
            WriteVerbose($"{found.Path} is complete. -Force makes it anew.");
            WriteObject(Written(found));
            return;
        }
        if (options.Warning is { } warning)
            WriteWarning(warning);
        var plan = Work(emitter => new PackageInstaller(wanted, options, emitter.Verbose).Plan(emitter.Stop).GetAwaiter().GetResult());
        // Written as it is for -WhatIf, and in the question of -Confirm.
        if (ShouldProcess($"{plan}", $"{plan}?", $"Install {wanted.Noun}"))
            WriteObject(Written(Work(emitter => new PackageInstaller(wanted, options, emitter.Verbose, new Shown(emitter)).Install(plan, emitter.Stop).GetAwaiter().GetResult())));
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
