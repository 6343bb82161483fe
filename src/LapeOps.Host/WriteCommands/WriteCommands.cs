using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace LapeOps.Host;

/// <summary>
/// The cmdlets with which a script speaks to its user. PowerShell's engine has the streams, its cmdlets for them are in a module that only
/// comes with PowerShell itself; these have the same names and parameters, so that a script runs in both.
/// </summary>
internal static class WriteCommands
{
    private static readonly Type[] Types =
    [
        typeof(WriteHostCommand), typeof(WriteOutputCommand), typeof(WriteErrorCommand), typeof(WriteWarningCommand),
        typeof(WriteVerboseCommand), typeof(WriteDebugCommand), typeof(WriteInformationCommand), typeof(WriteProgressCommand),
    ];

    /// <summary>An entry of each for a session state.</summary>
    public static IEnumerable<SessionStateCmdletEntry> All => Types.Select(type =>
    {
        var name = type.GetCustomAttribute<CmdletAttribute>()!;
        return new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, helpFileName: null);
    });
}
