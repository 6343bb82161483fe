namespace LapeOps.PowerShell.Tests;

/// <summary>Compare-LapeMask: any two masks, whatever made them.</summary>
public sealed class CompareTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Neurons_files_of_every_format_and_plain_objects_are_masks()
    {
        _session.Run("""
            $n = Get-LapeNeurons $s -TopRate 0.05
            $all = Get-LapeNeurons $s -TopRate 0.1
            'json', 'csv', 'safetensors', 'neuron.pth' | ForEach-Object { $n | Export-LapeMask "$folder/m.$_" }
            """, ("folder", module.NewFolder())).Clean();
        var expected = Rows("Compare-LapeMask $n $all");
        Assert.Equal(["en", "es", "fr", "id", "ja", "vi", "zh", "any"], expected.Select(r => r.Split(' ')[0]));
        foreach (var reference in new[] { "$folder/m.json", "$folder/m.csv", "$folder/m.safetensors" })
            Assert.Equal(expected, Rows($"Compare-LapeMask {reference} $all"));
        Assert.Equal(expected, Rows("$all | Compare-LapeMask $n"));
        Assert.Equal(expected, Rows("Compare-LapeMask $n ($all | ForEach-Object { [pscustomobject]@{ Layer = \"$($_.Layer)\"; Neuron = $_.Neuron; Languages = $_.Languages.ToString() } })"));
        // A .neuron.pth names its languages by the order of the paper; neurons of any stay the same.
        Assert.Equal(expected[^1], Rows("Compare-LapeMask $folder/m.neuron.pth $all")[^1]);
        // All of the smaller selection are in the larger one.
        var agreement = _session.Run("Compare-LapeMask $n $all").Single();
        Assert.Equal(1, agreement.Get<double>("RankCorrelation"), 12);
        Assert.Equal(192, _session.Run("(Compare-LapeMask $n $all).Languages[-1].SizeA").Single().BaseObject);
        Assert.Null(_session.Run("Compare-LapeMask $folder/m.json $all").Single().Text("RankCorrelation"));

        string[] Rows(string script) => [.. _session.Run($"({script}).Languages").Clean()
            .Select(r => string.Join(' ', new[] { "Language", "SizeA", "SizeB", "Overlap", "Jaccard", "ExpectedOverlap", "Log10P" }.Select(p => r.Text(p))))];
    }

    [Fact]
    public void Objects_without_languages_and_scores_as_text_are_compared()
    {
        var agreement = _session.Run("""
            $a = 1..4 | ForEach-Object { [pscustomobject]@{ Layer = 0; Neuron = $_; Score = "0.$_" } }
            $b = 2..6 | ForEach-Object { [pscustomobject]@{ Layer = 0; Neuron = $_; Score = -$_ } }
            Compare-LapeMask $a $b -Layers 2 -Width 10
            """).Single();
        Assert.Equal(-1, agreement.Get<double>("RankCorrelation"), 12);
        var any = _session.Run("(Compare-LapeMask $a $b -Layers 2 -Width 10).Languages").Single();
        Assert.Equal(("any", 4, 5, 3, 1.0), (any.Text("Language"), any.Get<int>("SizeA"), any.Get<int>("SizeB"), any.Get<int>("Overlap"), any.Get<double>("ExpectedOverlap")));
    }

    [Fact]
    public void The_table_has_a_line_for_every_language()
    {
        _session.Run("Compare-LapeMask (Get-LapeNeurons $s) (Get-LapeNeurons $s -TopRate 0.02) | Out-Default").Clean();
        foreach (var line in new[] { "en ", "zh ", "any " })
            Assert.Contains($"\n{line}", _session.Host.Written.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused_with_what_to_do()
    {
        _session.Run("$n = Get-LapeNeurons $s; $o = [pscustomobject]@{ Layer = 0; Neuron = 1 }").Clean();
        Assert.Contains("DifferenceObject", _session.Run("$n | Where-Object Layer -gt 99 | Compare-LapeMask $n").Fails("MaskEmpty"), StringComparison.Ordinal);
        Assert.Contains("-Layers", _session.Run("Compare-LapeMask $o $o").Fails("MaskShapeUnknown"), StringComparison.Ordinal);
        Assert.Contains("Width", _session.Run("Compare-LapeMask $o $o -Layers 2").Fails("MaskShapeUnknown"), StringComparison.Ordinal);
        _session.Run("Compare-LapeMask $n ([pscustomobject]@{ Layer = 6; Neuron = 1 })").Fails("NeuronOutOfRange");
        _session.Run("Compare-LapeMask $n ([pscustomobject]@{ Layer = 0; Neuron = 640 })").Fails("NeuronOutOfRange");
        _session.Run("Compare-LapeMask $n 3").Fails("NeuronInvalid");
        _session.Run("Compare-LapeMask $n nowhere.json").Fails("FileNotFound");
        _session.Run("Compare-LapeMask $n $texts/en.txt").Fails("MaskFormatUnknown");
    }
}
