using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace LapeOps.Host;

/// <summary>What PowerShell's engine sees of this program: a console, and somewhere to leave an exit code.</summary>
public sealed class ConsoleHost : PSHost
{
    /// <inheritdoc/>
    public override string Name => "LapeOps.Host";

    /// <inheritdoc/>
    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override PSHostUserInterface UI => Console;

    internal ConsoleUserInterface Console { get; } = new();

    /// <summary>The argument of <c>exit</c>; null while none was met.</summary>
    public int? ExitCode { get; private set; }

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <summary>Not offered: a script's run has no nested prompt.</summary>
    public override void EnterNestedPrompt() => throw new HostException("LapeOps.Host has no nested prompt.");

    /// <summary>Not offered: a script's run has no nested prompt.</summary>
    public override void ExitNestedPrompt() => throw new HostException("LapeOps.Host has no nested prompt.");

    /// <summary>Nothing to prepare: native programs share the console as it is.</summary>
    public override void NotifyBeginApplication()
    {
    }

    /// <summary>Nothing to restore.</summary>
    public override void NotifyEndApplication()
    {
    }
}
