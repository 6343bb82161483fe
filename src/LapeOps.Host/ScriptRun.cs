using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace LapeOps.Host;

/// <summary>One run of a script in a runspace of its own.</summary>
public sealed class ScriptRun : IDisposable
{
    // The catch makes errors that end a statement end the script as well, so that nothing uncaught ends with exit code 0. After `exit n`
    // in the called script, n other than 0, PowerShell says that the call failed and leaves n in LASTEXITCODE. The errors themselves
    // leave through Run and SetShouldExit instead of a throw or an exit, so that Out-Default still writes the tables it holds back.
    // All stands in one line: PowerShell shows the place of an error in a first line without file only where it says something.
    private const string Wrapper =
        "param($Run) try {{ {0}; if (-not $?) {{ $Host.SetShouldExit($global:LASTEXITCODE) }} }} catch {{ $Run.Failure = $_ }}";

    private readonly ConsoleHost _host;
    private readonly Runspace _runspace;
    private readonly PowerShell _pipeline;
    private bool _stopped;

    /// <summary>Opens a runspace that finds the LapeOps module by its name.</summary>
    /// <param name="host">Where output, messages and the exit code go.</param>
    public ScriptRun(ConsoleHost host)
    {
        _host = host;
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        ModuleFolder.AddToSearchPath();

        _runspace = RunspaceFactory.CreateRunspace(host, SessionState());
        _runspace.Open();
        _pipeline = PowerShell.Create(_runspace);
    }

    /// <summary>The error that ended the script; null where none did. The wrapping script sets it.</summary>
    public ErrorRecord? Failure { get; set; }

    /// <summary>Runs a statement to its end; output and errors go to the host as they come.</summary>
    /// <param name="statement">A call as <see cref="CommandLine"/> makes it.</param>
    /// <returns>The exit code: that of <c>exit</c>, 1 after an uncaught error, else 0.</returns>
    public int Invoke(string statement)
    {
        _pipeline.AddScript(string.Format(null, Wrapper, statement), useLocalScope: true).AddParameter("Run", this);
        _pipeline.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        _pipeline.AddCommand("Out-Default");
        try
        {
            if (!Volatile.Read(ref _stopped))
                _pipeline.Invoke();
        }
        catch (PipelineStoppedException) when (Volatile.Read(ref _stopped))
        {
            return 1;
        }
        catch (RuntimeException e)
        {
            Failure = e.ErrorRecord;
        }

        if (Failure is null)
            return _host.ExitCode ?? 0;
        Report(Failure);
        return 1;
    }

    /// <summary>Asks the running pipeline to stop; returns at once, while cmdlets finish what they must.</summary>
    public void Stop()
    {
        Volatile.Write(ref _stopped, true);
        _pipeline.BeginStop(null, null);
    }

    /// <summary>Closes the runspace.</summary>
    public void Dispose()
    {
        _pipeline.Dispose();
        _runspace.Dispose();
    }

    private static InitialSessionState SessionState()
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.RemoteSigned;
        foreach (var cmdlet in WriteCommands.All)
            state.Commands.Add(cmdlet);
        return state;
    }

    private void Report(ErrorRecord error)
    {
        if (error.Exception is ParseException { Errors: { } errors })
        {
            foreach (var text in errors.OrderBy(e => e.Extent.StartOffset).Select(ParseErrorText))
                _host.UI.WriteErrorLine(text);
            return;
        }

        // In the form of $ErrorView. Written by a cmdlet, the record would get that cmdlet's place in place of its own.
        _host.Console.BeginErrorReport();
        using var report = PowerShell.Create(_runspace);
        report.AddCommand("Out-Default").Invoke(new[] { error });
    }

    // $ErrorView shows the first one only, and nothing where it lies at the end of the file.
    private static string ParseErrorText(ParseError error)
    {
        var place = error.Extent.StartScriptPosition;
        return $"""
            ParserError: {place.File}:{place.LineNumber}
            Line |
            {place.LineNumber,4} | {place.Line.TrimEnd()}
                 | {error.Message}
            """;
    }
}
