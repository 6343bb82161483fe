using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Merge-, Import- and Export-LapeActivation.</summary>
public sealed class ActivationFileTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Shards_of_a_corpus_merge_to_the_counts_of_both()
    {
        MeasureShards();
        var out1 = module.New("all.safetensors");
        var merged = _session.Run("Merge-LapeActivation \"$folder/shard-*.safetensors\" -OutPath $out", ("out", out1)).Single();
        Assert.Equal((out1, "fr;zh"), (merged.Text("Path"), string.Join(';', merged.List("Languages"))));
        Assert.Equal(_session.Run("$a['zh'].Tokens + $b['zh'].Tokens").Single().BaseObject, _session.Run("(Merge-LapeActivation $a.Path, $b.Path)['zh'].Tokens").Single().BaseObject);
        var neurons = _session.Run("Get-LapeNeurons $out").Clean().Neurons();
        foreach (var line in new[] { "$a, $b | Merge-LapeActivation | Get-LapeNeurons", "Merge-LapeActivation -InputObject $a, $b | Get-LapeNeurons", "Merge-LapeActivation -LiteralPath $a.Path, $b.Path | Get-LapeNeurons" })
            Assert.Equal(neurons, _session.Run(line).Clean().Neurons());
        Assert.Equal([Path.GetFileName(out1)], Directory.GetFiles(Path.GetDirectoryName(out1)!).Select(Path.GetFileName));
    }

    [Fact]
    public void What_does_not_belong_together_or_would_replace_a_file_is_refused()
    {
        MeasureShards();
        _session.Run("$c = Measure-LapeActivation $demo \"$folder/two\" -Context 32 -MaxTokens 1300").Clean();
        Assert.Contains("Context 64 and 32", _session.Run("$a, $c | Merge-LapeActivation").Fails("MergeRefused"), StringComparison.Ordinal);
        Assert.Contains("same texts", _session.Run("$a, $a | Merge-LapeActivation").Fails("MergeRefused"), StringComparison.Ordinal);
        _session.Run("Merge-LapeActivation $a.Path, $b.Path -OutPath $a.Path").Fails("OutputExists");
        var unread = _session.Run("Merge-LapeActivation $a.Path, ./nowhere.safetensors");
        unread.Fails("FileNotFound");
        Assert.Empty(unread.Output);
        var path = module.New("x.safetensors");
        Assert.Empty(_session.Run("Merge-LapeActivation $a.Path, $b.Path -OutPath $out -WhatIf", ("out", path)).Clean());
        Assert.False(File.Exists(path));
        _session.Run("Merge-LapeActivation $a.Path, $b.Path -OutPath $out; Merge-LapeActivation $b.Path, $a.Path -OutPath $out -Force").Clean();
    }

    [Theory]
    [InlineData("", "activation.zh.train.demo.pth")]
    [InlineData("-Format NjuNlp", "activation.zh.demo.pt")]
    public void Exported_counts_have_the_other_program_s_names_and_give_the_same_neurons(string format, string name)
    {
        var folder = module.NewFolder();
        var files = _session.Run($"Export-LapeActivation $folder $s {format} -PassThru", ("folder", folder)).Clean();
        Assert.Contains(Path.Combine(folder, name), files.Select(f => f.Text("FullName")));
        Assert.Equal(7, files.Count);
        var neurons = _session.Run("Get-LapeNeurons $s").Clean().Neurons();
        Assert.Equal(neurons, _session.Run("Import-LapeActivation \"$folder/*\" | Get-LapeNeurons").Clean().Neurons());
        // They say nothing of their model, and fit one of their shape.
        Assert.True(_session.Run("Import-LapeActivation \"$folder/*\" | Get-LapeNeurons -Model $demo | Set-LapeMask -Language zh").Single().Get<int>("Neurons") > 0);
        _session.Run("Measure-LapePerplexity $demo (Import-LapeActivation \"$folder/*\") $texts").Fails("HeldOutNone");
    }

    [Fact]
    public void One_file_holds_all_languages_and_a_file_of_statistics_everything()
    {
        _session.Set("pth", module.New("counts.pth"));
        _session.Set("copy", module.New("copy.safetensors"));
        _session.Run("Export-LapeActivation $pth $s; $s | Export-LapeActivation $copy").Clean();
        Assert.Equal(["en", "es", "fr", "id", "ja", "vi", "zh"], _session.Run("Import-LapeActivation $pth").Single().Get<string[]>("Languages"));
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g"], _session.Run("Import-LapeActivation $pth -Language a, b, c, d, e, f, g").Single().Get<string[]>("Languages"));
        Assert.Equal(File.ReadAllBytes(module.Statistics), File.ReadAllBytes((string)_session.Runspace.SessionStateProxy.GetVariable("copy")));
        _session.Run("Import-LapeActivation $pth -Language a, b").Fails("CountsMismatch");
        _session.Run("Import-LapeActivation $copy").Fails("TorchArchiveInvalid");
        _session.Run("$s, $s | Export-LapeActivation $copy").Fails("StatisticsSeveral");
    }

    [Fact]
    public void Lape_on_real_counts_of_other_people_is_one_line()
    {
        var counts = Path.Combine(Environment.GetEnvironmentVariable("LAPE_REFERENCE") is { Length: > 0 } named ? named : Path.Combine(RepositoryFiles.Root, "..", "shared", "reference"), "njunlp");
        if (!Directory.Exists(counts))
        {
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), "The reference is absent, and CI=true requires it.");
            Assert.Skip("../shared/reference/njunlp is absent.");
        }
        var outcome = _session.Run("Import-LapeActivation \"$njunlp/*.pt\" | Get-LapeNeurons", ("njunlp", counts));
        Assert.Equal(4588, outcome.Clean().Count);
        Assert.Equal(1137, outcome.Output.Count(n => n.List("Languages").Contains("bn")));
        Assert.Contains("83 differences", Assert.Single(outcome.Warnings).Message, StringComparison.Ordinal);
    }

    // $a of zh and fr and $b of other zh, in $folder.
    private void MeasureShards()
    {
        var folder = module.NewFolder();
        var text = File.ReadAllText(Path.Combine(RepositoryFiles.Texts, "zh.txt"));
        Directory.CreateDirectory(Path.Combine(folder, "one"));
        Directory.CreateDirectory(Path.Combine(folder, "two"));
        File.WriteAllText(Path.Combine(folder, "one", "zh.txt"), text[..(text.Length / 2)]);
        File.WriteAllText(Path.Combine(folder, "two", "zh.txt"), text[(text.Length / 2)..]);
        File.Copy(Path.Combine(RepositoryFiles.Texts, "fr.txt"), Path.Combine(folder, "one", "fr.txt"));
        _session.Run("""
            $a = Measure-LapeActivation $demo "$folder/one" -Context 64 -MaxTokens 1300 -OutPath "$folder/shard-1.safetensors"
            $b = Measure-LapeActivation $demo "$folder/two" -Context 64 -MaxTokens 1300 -OutPath "$folder/shard-2.safetensors"
            """, ("folder", folder)).Clean();
    }
}
