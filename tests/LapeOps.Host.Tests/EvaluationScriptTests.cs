using System.Text.Json;
using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>examples/evaluation.ps1 on the demo model: files, figures, exit codes, and that a killed run goes on to the same results.</summary>
public sealed class EvaluationScriptTests : IDisposable
{
    private static readonly string Script = Path.Combine(RepositoryFiles.Root, "examples", "evaluation.ps1");
    private readonly ScriptFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_evaluation_writes_everything_judges_by_its_exit_code_and_goes_on_when_killed()
    {
        // Killed after the first texts of the matrix.
        using (var killed = HostProcess.Start([Script, "-OutPath", In("killed"), "-Target", "zh", "-Detector", "Low"]))
        {
            while (!File.Exists(In("killed/matrix.json")))
                Thread.Sleep(20);
            killed.Kill();
        }
        Assert.False(File.Exists(In("killed/evaluation.json")));
        var begun = File.ReadAllText(In("killed/matrix.json"));

        var whole = Run("whole");
        Assert.Equal((0, ""), (whole.ExitCode, whole.Error));
        Assert.Equal((0, ""), Run("killed") is var resumed ? (resumed.ExitCode, resumed.Error) : default);
        Assert.NotEqual(begun, File.ReadAllText(In("killed/matrix.json")));
        foreach (var file in new[] { "matrix.json", "steering.json", "mask.json", "statistics.safetensors" })
            Assert.Equal(File.ReadAllBytes(In($"whole/{file}")), File.ReadAllBytes(In($"killed/{file}")));

        string[] tables = ["languages", "neurons-by-layer", "perplexity", "significance", "overlap", "stability", "stability-curve", "steering", "answers", "provenance"];
        Assert.Equal([.. tables.Select(t => t + ".csv").Append("report.html").Append("report.json").Order(StringComparer.Ordinal)],
            Directory.GetFiles(In("whole/report")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var figures = JsonDocument.Parse(File.ReadAllText(In("whole/evaluation.json")));
        var root = figures.RootElement;
        Assert.True(root.GetProperty("passed").GetBoolean());
        // Indonesian neurons hurt Spanish more, on this model.
        Assert.Equal(["en", "es", "fr", "ja", "vi", "zh"], root.GetProperty("diagonal").EnumerateArray().Select(l => l.GetString()));
        Assert.Contains("passed: 6 languages on the diagonal", whole.Output, StringComparison.Ordinal);
        Assert.Contains("Neurons in each layer", whole.Output, StringComparison.Ordinal);

        // The same results, judged by more.
        var failed = Run("whole", "-MinimumDiagonal", "7");
        Assert.Equal((1, ""), (failed.ExitCode, failed.Error));
        Assert.Contains("FAILED: 6 languages", failed.Output, StringComparison.Ordinal);
        Assert.Equal(1, Run("whole", "-MinimumSteering", "0.9").ExitCode);
        Assert.Equal(["passed", "FAILED", "FAILED"], File.ReadAllLines(In("whole/evaluation.log")).Select(l => l.Split(' ')[1].TrimEnd(':')).Where(w => w is "passed" or "FAILED"));

        // Another evaluation in the same folder is not mixed with this one.
        var other = Run("whole", "-TopRate", "0.02");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("matrix.json was measured with another model", other.Error, StringComparison.Ordinal);
        // What is wrong with steering is told before the matrix.
        var unknown = Run("whole", "-Source", "xx", "-TopRate", "0.02");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("xx is no language of the texts", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("is a file", Run("whole/mask.json").Error, StringComparison.Ordinal);
        using (File.Open(In("whole/evaluation.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.Contains("held by another evaluation", Run("whole").Error, StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private HostResult Run(string name, params string[] arguments) => HostProcess.Run([Script, "-OutPath", In(name), "-Target", "zh", "-Detector", "Low", .. arguments]);
}
