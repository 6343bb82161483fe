namespace LapeOps.PowerShell.Tests;

/// <summary>Measure-LapeStability.</summary>
public sealed class StabilityTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Larger_parts_of_the_demo_texts_agree_better_and_a_seed_gives_the_same_numbers()
    {
        _session.Run("$y = Measure-LapeStability $s -TopRate 0.05").Clean();
        var languages = _session.Run("$y.Languages").Clean();
        Assert.Equal(["en", "es", "fr", "id", "ja", "vi", "zh", "any"], languages.Select(l => l.Text("Language")));
        Assert.Equal(192, languages[^1].Get<int>("Neurons"));
        Assert.All(languages, l => Assert.InRange(l.Get<double>("SplitHalf"), 0.01, 0.99));
        var curve = _session.Run("$y.Curve | Where-Object Language -eq any").Clean();
        // With this context the texts have four groups of rows.
        Assert.Equal([6, 3], curve.Select(p => p.Get<int>("Pairs")));
        Assert.Equal(curve.Select(p => p.Get<double>("Jaccard")).Order(), curve.Select(p => p.Get<double>("Jaccard")));
        Assert.Equal(languages[^1].Get<double>("SplitHalf"), curve[^1].Get<double>("Jaccard"));

        Assert.Equal(Counts("$y"), Counts("(Merge-LapeActivation $s | Measure-LapeStability -TopRate 0.05 -Seed 0)"));
        Assert.NotEqual(Counts("$y"), Counts("(Measure-LapeStability $s -TopRate 0.05 -Seed 1)"));

        string[] Counts(string script) => [.. _session.Run($"{script}.Languages").Clean().Select(l => $"{l.Text("BootstrapMean")} {l.Text("BootstrapDeviation")}")];
    }

    [Fact]
    public void The_table_has_a_line_for_every_language()
    {
        _session.Run("Measure-LapeStability $s | Out-Default").Clean();
        foreach (var line in new[] { "en ", "zh ", "any " })
            Assert.Contains($"\n{line}", _session.Host.Written.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_files_and_counts_without_blocks_are_refused()
    {
        _session.Run("Measure-LapeStability $s -TopRate 2").Fails("RateOutOfRange");
        _session.Run("Measure-LapeStability nowhere.safetensors").Fails("FileNotFound");
        _session.Run("Export-LapeActivation -Statistics $s -Path $counts", ("counts", module.NewFolder())).Clean();
        Assert.Contains("Measure-LapeActivation", _session.Run("Import-LapeActivation $counts/* | Measure-LapeStability").Fails("BlocksMissing"), StringComparison.Ordinal);
        _session.Run("Measure-LapeActivation $demo $texts/vi.txt -Context 64 -MaxTokens 700 -BatchSize 32 | Measure-LapeStability").Fails("BlocksTooFew");
    }
}
