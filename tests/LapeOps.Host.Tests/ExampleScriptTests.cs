using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>The scripts in examples/ that are not the quick start: what they write, print and exit with, on few tokens of the demo's texts.</summary>
public sealed class ExampleScriptTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_experiment_compares_shares_languages_and_masks()
    {
        var run = Run("experiment", "-MaxTokens", "2000", "-TopRate", "0.02,0.05", "-Random", "1", "-OutPath", _folder.FullName);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.Split('\n');
        Assert.Contains(lines, l => l.StartsWith("    0.02       77", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("    0.05      192", StringComparison.Ordinal));
        // Languages with themselves and one another: as many rows as columns, and symmetric.
        string[] languages = ["en", "es", "fr", "id", "ja", "vi", "zh"];
        var shared = languages.Select(l => Words(lines.First(x => x.StartsWith($"      {l} ", StringComparison.Ordinal)))[1..]).ToArray();
        for (var i = 0; i < languages.Length; i++)
            Assert.Equal(shared[i], shared.Select(row => row[i]));

        var csv = File.ReadAllLines(Path.Combine(_folder.FullName, "experiment.csv"));
        Assert.Equal("TopRate,Mask,Language,Nll,NllChange,ValuesChanged", csv[0]);
        // Each rate: seven masks on seven texts, and a control on each text.
        Assert.Equal(2 * ((7 * 7) + 7), csv.Length - 1);
        Assert.All(csv[1..], row => Assert.True(long.Parse(row.Split(',')[^1], null) > 0, row));
    }

    [Fact]
    public void The_build_writes_every_format_and_then_nothing_until_something_changes()
    {
        var first = Build();
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(Masks, Lines(first).Select(Path.GetFileName));
        Assert.True(File.Exists(InMasks("demo.statistics.safetensors")));
        Assert.All(["demo.json", "demo.mask.safetensors"], mask => Assert.Contains("67b562200146b9cd", File.ReadAllText(InMasks(mask)), StringComparison.Ordinal));

        var times = Masks.Select(m => File.GetLastWriteTimeUtc(InMasks(m))).ToArray();
        var second = Build();
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.Empty(Lines(second));
        Assert.Equal(times, Masks.Select(m => File.GetLastWriteTimeUtc(InMasks(m))));

        // Another rate, and then another context, for which the statistics have to be measured anew.
        Assert.Equal(Masks, Lines(Build("-TopRate", "0.02")).Select(Path.GetFileName));
        var restricted = Build("-TopRate", "0.02", "-Language", "zh,ja", "-Context", "64");
        Assert.Equal((0, ""), (restricted.ExitCode, restricted.Error));
        Assert.All(File.ReadLines(InMasks("demo.csv")).Skip(1), line => Assert.Matches("zh|ja", line));
        Assert.Equal([.. Masks.Append("demo.statistics.safetensors").Order(StringComparer.Ordinal)], Directory.GetFileSystemEntries(InMasks("")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_build_that_fails_says_why_and_leaves_the_last_masks()
    {
        Assert.Equal(0, Build().ExitCode);
        var masks = Masks.Select(m => File.ReadAllBytes(InMasks(m))).ToArray();
        var corpus = CopyOfTexts();
        File.WriteAllBytes(Path.Combine(corpus, "zh.txt"), [0xE4, 0xB8, 0xFF, 0x0A]);
        var failed = Run("build-masks", "-OutPath", InMasks(""), "-Context", "128", "-MaxTokens", "2000", "-Corpus", corpus);
        Assert.Equal((1, ""), (failed.ExitCode, failed.Output));
        Assert.Matches(@"build-masks\.ps1 : error Corpus\w+: .*zh\.txt", failed.Error);
        Assert.Single(Lines(failed.Error));
        Assert.Equal(masks, Masks.Select(m => File.ReadAllBytes(InMasks(m))));

        Assert.Matches("error ModelNotFound: .*nowhere", Build("-Model", Path.Combine(_folder.FullName, "nowhere")).Error);
    }

    [Fact]
    public void The_evaluation_adds_a_row_and_tells_by_its_exit_code_whether_the_mask_holds()
    {
        Assert.Equal(0, Build("-TopRate", "0.05").ExitCode);
        var passed = Evaluate("-Threshold", "-1");
        Assert.Equal((0, ""), (passed.ExitCode, passed.Error));
        Assert.StartsWith("passed: zh off", passed.Output, StringComparison.Ordinal);
        var failed = Evaluate("-Threshold", "50");
        Assert.Equal((1, ""), (failed.ExitCode, failed.Error));
        Assert.StartsWith("FAILED: zh off", failed.Output, StringComparison.Ordinal);

        var table = File.ReadAllLines(InEvaluation("evaluation.csv"));
        var columns = table[0].Split(',');
        Assert.Equal(3, table.Length);
        var rows = table[1..].Select(row => columns.Zip(row.Split(',')).ToDictionary(c => c.First, c => c.Second)).ToArray();
        Assert.Equal(["True", "False"], rows.Select(r => r["Passed"]));
        Assert.All(rows, row => Assert.StartsWith("67b562200146b9cd", row["Fingerprint"], StringComparison.Ordinal));
        // The same model, mask and texts give the same figures.
        string[] figures = ["Nll", "OwnChange", "OthersChange", "RandomMean", "RandomMost", "Margin", "ValuesChanged", "Mask"];
        Assert.All(figures, figure => Assert.Equal(rows[0][figure], rows[1][figure]));
        Assert.Equal(2, File.ReadAllLines(InEvaluation("evaluation.log")).Length);
    }

    [Fact]
    public void An_evaluation_that_cannot_measure_leaves_the_table_and_says_why()
    {
        Assert.Equal(0, Build("-TopRate", "0.05").ExitCode);
        Assert.Equal(0, Evaluate("-Threshold", "-1").ExitCode);
        var table = File.ReadAllText(InEvaluation("evaluation.csv"));

        var corpus = CopyOfTexts();
        File.AppendAllText(Path.Combine(corpus, "zh.txt"), "改了");
        var changed = Evaluate("-Corpus", corpus);
        Assert.Equal((2, ""), (changed.ExitCode, changed.Output));
        Assert.Contains("zh", changed.Error, StringComparison.Ordinal);
        Assert.Contains(" not measured: ", File.ReadAllLines(InEvaluation("evaluation.log"))[^1], StringComparison.Ordinal);
        using (File.Open(InEvaluation("evaluation.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var second = Evaluate("-Threshold", "-1");
            Assert.Equal((2, ""), (second.ExitCode, second.Output));
            Assert.Contains("held by another evaluation", second.Error, StringComparison.Ordinal);
        }
        Assert.Equal(table, File.ReadAllText(InEvaluation("evaluation.csv")));

        // Half a row, as something else may leave it, is replaced by the next whole one.
        File.AppendAllText(InEvaluation("evaluation.csv"), table.Split('\n')[1][..40]);
        var after = Evaluate("-Threshold", "-1");
        Assert.Equal(0, after.ExitCode);
        Assert.Contains("WARNING: The last row", after.Output, StringComparison.Ordinal);
        Assert.StartsWith(table, File.ReadAllText(InEvaluation("evaluation.csv")), StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(InEvaluation("evaluation.csv")).Length);

        File.WriteAllText(InEvaluation("evaluation.csv"), "a,b\n1,2\n");
        Assert.Contains("has other columns", Evaluate("-Threshold", "-1").Error, StringComparison.Ordinal);
        Assert.Equal("a,b\n1,2\n", File.ReadAllText(InEvaluation("evaluation.csv")));
    }

    private static readonly string[] Masks = ["demo.neuron.pth", "demo.mask.safetensors", "demo.json", "demo.csv"];

    private string InMasks(string name) => Path.TrimEndingDirectorySeparator(Path.Combine(_folder.FullName, "masks", name));

    private string InEvaluation(string name) => Path.Combine(_folder.FullName, "evaluation", name);

    private HostResult Build(params string[] arguments) => Run("build-masks", ["-OutPath", InMasks(""), "-MaxTokens", "2000", .. arguments]);

    private HostResult Evaluate(params string[] arguments) => Run("nightly-evaluation",
        ["-Statistics", InMasks("demo.statistics.safetensors"), "-Mask", InMasks("demo.json"), "-Random", "2", "-OutPath", InEvaluation(""), .. arguments]);

    private string CopyOfTexts()
    {
        var copy = Directory.CreateDirectory(Path.Combine(_folder.FullName, "texts")).FullName;
        foreach (var file in Directory.GetFiles(RepositoryFiles.Texts))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private static HostResult Run(string script, params string[] arguments) =>
        HostProcess.Run([Path.Combine(RepositoryFiles.Root, "examples", script + ".ps1"), .. arguments]);

    // So few tokens are warned of.
    private static string[] Lines(HostResult run) => [.. Lines(run.Output).Where(l => !l.StartsWith("WARNING: ", StringComparison.Ordinal))];

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
