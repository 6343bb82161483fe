using System.Diagnostics;

namespace LapeOps.Tests.Shared;

/// <summary>The SDK's command line as a user would call it.</summary>
internal static class Dotnet
{
    /// <summary>What a run said.</summary>
    public sealed record Result(int ExitCode, string Output);

    /// <summary>Runs <c>dotnet</c> to its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="stop">Kills it.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="started">Sees the process as it starts.</param>
    public static async Task<Result> RunAsync(IEnumerable<string> arguments, string folder, CancellationToken stop,
        IReadOnlyDictionary<string, string>? environment = null, Action<Process>? started = null)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the build that runs the tests has set is none of this one's business.
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        started?.Invoke(process);
        try
        {
            var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
            await process.WaitForExitAsync(stop);
            return new Result(process.ExitCode, string.Concat(texts));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
