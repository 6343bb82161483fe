using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace LapeOps.Host.Tests;

/// <summary>What a run of the host left.</summary>
public sealed record HostResult(int ExitCode, string Output, string Error);

/// <summary>The built host as a child process, with input closed and output redirected.</summary>
public sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly Task<string> _error;

    private HostProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
    }

    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static string Assembly => Metadata("HostAssembly");

    public static string ModuleFolder => Metadata("ModuleFolder");

    public int Id => _process.Id;

    /// <summary>Runs a script of this text with these arguments to its end.</summary>
    public static HostResult RunText(string text, params string[] arguments)
    {
        using var folder = new ScriptFolder();
        return Run([folder.Write("script.ps1", text), .. arguments]);
    }

    public static HostResult Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? assembly = null)
    {
        using var host = Start(arguments, environment, assembly);
        return host.End();
    }

    public static HostProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? assembly = null)
    {
        var utf8 = new UTF8Encoding(false);
        var start = new ProcessStartInfo(Dotnet, [assembly ?? Assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the first line of output: the script runs.</summary>
    public string ReadLine() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(_error.Result);

    public HostResult End()
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        if (!_process.WaitForExit(Limit))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The host still ran after {Limit}.");
        }

        return new HostResult(_process.ExitCode, output.Result.ReplaceLineEndings("\n"), _error.Result.ReplaceLineEndings("\n"));
    }

    /// <summary>Ends it at once, as a machine that goes down does.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose() => _process.Dispose();

    private static string Metadata(string key) =>
        typeof(HostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == key).Value!;
}
