using System.Runtime.InteropServices;

namespace LapeOps.Host;

/// <summary>Ctrl+C and the request to terminate: the first one stops the script, the next one ends the process at once.</summary>
internal sealed partial class StopSignals : IDisposable
{
    // The customary codes of shells: 128 plus the number of the signal.
    private const int Interrupted = 130;
    private const int Terminated = 143;

    private readonly Action _stop;
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    /// <summary>Listens from now on.</summary>
    /// <param name="stop">Called once, at the first signal; has to return soon.</param>
    public StopSignals(Action stop)
    {
        _stop = stop;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Receive(signal, Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Receive(signal, Terminated)),
        ];
    }

    /// <summary>The exit code that the first signal asks for; null before any.</summary>
    public int? ExitCode => Volatile.Read(ref _exitCode) is > 0 and var code ? code : null;

    /// <summary>Stops listening.</summary>
    public void Dispose() => Array.ForEach(_registrations, r => r.Dispose());

    private void Receive(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = true;
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0)
            _stop();
        else
            EndAtOnce(exitCode);
    }

    // Not Environment.Exit on Unix: it runs the destructors of native libraries whose threads may be computing.
    private static void EndAtOnce(int exitCode)
    {
        if (OperatingSystem.IsWindows())
            Environment.Exit(exitCode);
        EndProcess(exitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndProcess(int exitCode);
}
