using System.Management.Automation;
using LapeOps.Languages;
using LapeOps.Packages;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Installs the models by which Measure-LapeSteering tells which language an answer is in, once for a user and a machine.</summary>
/// <remarks>
/// They are those of the NuGet package SearchPioneer.Lingua: 383 files for 79 languages. This command takes the package, from a feed or from
/// a file, checks its SHA-512, which is known beforehand, and puts the models into one folder of the user's cache. It does nothing where the
/// folder is complete, as it is after a build. A download that breaks or is stopped by Ctrl+C goes on when the command runs again. -WhatIf
/// asks the feed, tells package and bytes, and downloads nothing.
/// </remarks>
/// <example>
/// <code>Install-LapeLanguageModel</code>
/// <para>Installs them from nuget.org: 74 MB to download.</para>
/// </example>
/// <example>
/// <code>Install-LapeLanguageModel -Source ./packages</code>
/// <para>Installs from a .nupkg file that was brought to a machine without a network.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Install, "LapeLanguageModel", SupportsShouldProcess = true)]
[OutputType(typeof(InstalledFolder))]
public sealed class InstallLapeLanguageModelCommand : InstallCmdlet
{
    private protected override Installation Wanted() => new DetectorModelInstallation();
}
