using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using LapeOps.Statistics;

namespace LapeOps.Benchmarks;

/// <summary>Get-LapeNeurons on a file of statistics of the largest published size, in a fresh process: from the path to objects in a variable.</summary>
internal static class NeuronsSpeed
{
    private const int Layers = 80, Width = 28672, Hidden = 8192, Rounds = 5;
    private const long Tokens = 99_999_744;

    // PowerShell's engine has no Measure-Command.
    private const string Script = """
        param($Statistics)
        Get-Command Get-LapeNeurons > $null
        foreach ($round in 1, 2) {
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $neurons = Get-LapeNeurons -Statistics $Statistics
            [string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', $clock.Elapsed.TotalSeconds, $neurons.Count)
        }
        """;

    public static IEnumerable<Figure> Measure()
    {
        var folder = Directory.CreateTempSubdirectory("lapeops-benchmark-").FullName;
        try
        {
            var (script, statistics) = (Path.Combine(folder, "neurons.ps1"), Path.Combine(folder, "statistics.safetensors"));
            File.WriteAllText(script, Script);
            StatisticsFile.Write(statistics, Random());
            var size = new FileInfo(statistics).Length;
            var runs = Enumerable.Range(0, Rounds).Select(_ => Child(script, statistics)).ToArray();
            yield return new Figure("neurons of 80 x 28,672 x 7", Clock.Median(runs.Select(r => r.First)), " s", 1, AtMost: true,
                $"{runs[0].Neurons:N0} objects of a file of {size / 1e6:N0} MB, fresh process after Import-Module; again {Figure.Number(Clock.Median(runs.Select(r => r.Again)))} s");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Counts, one block and the sums of seven languages.
    private static ActivationStatistics Random()
    {
        var random = new Random(1);
        var shared = Enumerable.Range(0, Layers * Width).Select(_ => random.NextDouble()).ToArray();
        var sums = new double[Layers * Width];
        var languages = Enumerable.Range(0, 7).Select(k =>
        {
            var overZero = Array.ConvertAll(shared, p => (long)(Tokens * p * (0.5 + (0.5 * random.NextDouble()))));
            return new LanguageActivation($"{k}", new LanguageRows("", Tokens, 0, 1, 0, 1), 1, Tokens, overZero, Array.ConvertAll(overZero, n => (uint)n),
                new ActivationSums(sums, sums, sums, new double[Layers * Hidden], new double[Layers]));
        });
        var identity = new StatisticsIdentity("random", "random", "", Layers, Width, Hidden, 2048, [], 0, Tokens, 1, "File", "Float32", "cpu", Sums: true, "0");
        return new ActivationStatistics(identity, [.. languages]);
    }

    private static (double First, double Again, int Neurons) Child(string script, string statistics)
    {
        var host = typeof(NeuronsSpeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == "HostAssembly").Value!;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [host, script, statistics]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 && lines is [var first, var again]
            ? (Seconds(first), Seconds(again), int.Parse(first.Split(' ')[1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException("The measured process failed; what it wrote stands above.");

        static double Seconds(string line) => double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
