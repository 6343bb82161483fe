using System.Diagnostics;
using System.Globalization;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>A run of LapeOps.BadInput in a process of its own, with a bounded heap and a bounded time.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private Child(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public bool Ended => _process.HasExited;

    /// <summary>Starts an operation. Its managed heap ends at 192 MiB.</summary>
    public static Child Run(string operation, params string[] arguments) => Run([], operation, arguments);

    /// <summary>Starts an operation with environment variables.</summary>
    public static Child Run(Dictionary<string, string> environment, string operation, params string[] arguments) => Run([], environment, operation, arguments);

    /// <summary>Starts an operation by a command that takes its command line behind its own.</summary>
    public static Child Run(string[] launcher, Dictionary<string, string> environment, string operation, params string[] arguments)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        string[] command = [.. launcher, host, Path.Combine(AppContext.BaseDirectory, "LapeOps.BadInput.dll"), operation, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCHeapHardLimit"] = "0xC000000";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Child(Process.Start(start)!);
    }

    public void Kill() => _process.Kill();

    public async Task<int> ExitCode()
    {
        using var limit = new CancellationTokenSource(MostTime);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            Assert.Fail($"It did not end within {MostTime.TotalSeconds} s.");
        }
        return _process.ExitCode;
    }

    /// <summary>It ended well, in no more memory than that; returns what it printed.</summary>
    public async Task<string> Succeeds(int? mostMegabytes = null)
    {
        using (this)
        {
            Assert.True(await ExitCode() == 0, await _output + await _errors);
            if (mostMegabytes is { } most && OperatingSystem.IsLinux())
                Assert.InRange(PeakMegabytes(await _output), 1, most);
            return await _output;
        }
    }

    /// <summary>It was refused with this error, which names the file, and used no more memory than that; the last line of its output, where that matters.</summary>
    public async Task IsRefused(string errorId, string names, int mostMegabytes, string? last = null)
    {
        using (this)
        {
            var code = await ExitCode();
            var (output, errors) = (await _output, await _errors);
            Assert.True(code == 3, $"exit code {code} where {errorId} was expected: {output}{errors}");
            Assert.StartsWith(errorId + ": ", output, StringComparison.Ordinal);
            Assert.Contains(names, output, StringComparison.Ordinal);
            Assert.Empty(errors);
            if (last is not null)
                Assert.Equal(last, output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
            if (OperatingSystem.IsLinux())
                Assert.InRange(PeakMegabytes(output), 1, mostMegabytes);
        }
    }

    public void Dispose() => _process.Dispose();

    /// <summary>The peak resident set that an operation printed: "VmHWM:     12345 kB".</summary>
    public static int PeakMegabytes(string output)
    {
        var line = output.Split('\n').Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(string.Concat(line.Where(char.IsDigit)), CultureInfo.InvariantCulture) / 1024;
    }
}
