using System.Diagnostics;
using System.Globalization;

namespace LapeOps.Host.Tests;

/// <summary>Ctrl+C and termination, by the signals that a terminal and a build agent send.</summary>
public class SignalTests
{
    private const string Interruptible = """
        try { 'started'; while ($true) { [System.Threading.Thread]::Sleep(20) } } finally { Write-Host 'cleaned up' }
        'not reached'
        """;

    private const string Deaf = """
        'started'
        [System.Threading.Thread]::Sleep(50000)
        'not reached'
        """;

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void TheFirstSignalStopsThePipelineWhichCleansUp(string signal, int exitCode)
    {
        using var script = new RunningScript(Interruptible);
        script.Send(signal);
        Assert.Equal(new HostResult(exitCode, "cleaned up\n", ""), script.Host.End());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void TheSecondSignalEndsAtOnce(string signal, int exitCode)
    {
        using var script = new RunningScript(Deaf);
        script.Send(signal);
        Thread.Sleep(500);
        var watch = Stopwatch.StartNew();
        script.Send(signal);
        Assert.Equal(new HostResult(exitCode, "", ""), script.Host.End());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    private sealed class RunningScript : IDisposable
    {
        private readonly ScriptFolder _folder = new();

        public RunningScript(string text)
        {
            SkipWithoutSignals();
            Host = HostProcess.Start([_folder.Write("script.ps1", text)]);
            Assert.Equal("started", Host.ReadLine());
        }

        public HostProcess Host { get; }

        public void Send(string signal)
        {
            using var kill = Process.Start("kill", [$"-{signal}", Host.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
            Assert.Equal(0, kill.ExitCode);
        }

        public void Dispose()
        {
            Host.Dispose();
            _folder.Dispose();
        }

        // A shell starts background jobs with SIGINT ignored, and children inherit that.
        private static void SkipWithoutSignals()
        {
            if (OperatingSystem.IsWindows())
                Assert.Skip("Windows has no kill command to send Ctrl+C with.");
            const string field = "SigIgn:";
            if (!File.Exists("/proc/self/status"))
                return;
            var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
            var ignored = Convert.ToUInt64(line[field.Length..].Trim(), 16);
            if ((ignored & (1UL << 1)) != 0)
                Assert.Skip("These tests run where SIGINT is ignored, in a background job without job control.");
        }
    }
}
