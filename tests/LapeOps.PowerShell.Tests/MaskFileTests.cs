namespace LapeOps.PowerShell.Tests;

/// <summary>Export-LapeMask and Import-LapeMask.</summary>
public sealed class MaskFileTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("m.neuron.pth")]
    [InlineData("m.csv")]
    [InlineData("m.json")]
    [InlineData("m.safetensors")]
    public void A_mask_comes_back_with_its_languages_in_order(string name)
    {
        var path = module.New(name);
        var names = name.EndsWith(".pth", StringComparison.Ordinal) ? "-Language en, es, fr, id, ja, vi, zh" : "";
        _session.Set("path", path);
        Assert.Empty(_session.Run("$n = Get-LapeNeurons $s; $n | Export-LapeMask $path").Clean());
        var owned = _session.Run("$n | Where-Object { $_.Languages.Count }").Clean().Neurons();
        Assert.Equal(owned, _session.Run($"$i = Import-LapeMask $path {names}; $i").Clean().Neurons());
        // Written again, it has the same bytes, under the same name as it holds it.
        var again = module.New(name);
        Assert.Equal(again, _session.Run("$i | Export-LapeMask $again -PassThru", ("again", again)).Single().Get<string>("FullName"));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Theory]
    [InlineData("m.neuron.pth")]
    [InlineData("m.csv")]
    [InlineData("m.json")]
    [InlineData("m.safetensors")]
    public void Languages_without_a_neuron_keep_their_place(string name)
    {
        _session.Set("path", module.New(name));
        var names = name.EndsWith(".pth", StringComparison.Ordinal) ? "-Language en, es, fr, id, ja, vi, zh" : "";
        _session.Run("Get-LapeNeurons $s -Language zh | Where-Object { $_.Languages.Count -eq 1 } | Export-LapeMask $path").Clean();
        var error = _session.Run($"Import-LapeMask $path {names} | Set-LapeMask -Model $demo -Language de").Fails("LanguageUnknown");
        Assert.Contains("en, es, fr, id, ja, vi, zh", error, StringComparison.Ordinal);
        Assert.All(_session.Run($"Import-LapeMask $path {names}").Clean(), n => Assert.Equal("zh", n.Text("Languages")));
        _session.Run($"Import-LapeMask $path {names} | Set-LapeMask -Model $demo -Language en").Fails("MaskEmpty");
    }

    [Fact]
    public void An_official_mask_has_the_papers_languages_unless_they_are_named()
    {
        _session.Set("path", module.New("m.neuron.pth"));
        _session.Run("Get-LapeNeurons $s | Export-LapeMask $path").Clean();
        Assert.Contains("en, zh, fr, es, vi, id, ja", _session.Run("Import-LapeMask $path | Set-LapeMask -Model $demo -Language de").Fails("LanguageUnknown"), StringComparison.Ordinal);
        _session.Run("Import-LapeMask $path -Language en, fr").Fails("MaskLanguagesMismatch");
        Assert.True(_session.Run("Import-LapeMask $path -Language en, es, fr, id, ja, vi, zh | Set-LapeMask -Model $demo -Language zh").Single().Get<int>("Neurons") > 0);
    }

    [Theory]
    [InlineData("m.json")]
    [InlineData("m.safetensors")]
    public void A_mask_keeps_what_it_was_made_of(string name)
    {
        var path = module.New(name);
        _session.Run("Get-LapeNeurons $s -TopRate 0.02 | Export-LapeMask $path", ("path", path)).Clean();
        var text = File.ReadAllText(path).Replace("\\u0022", "\"", StringComparison.Ordinal);
        var corpus = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(LapeOps.Tests.Shared.RepositoryFiles.Texts, "zh.txt"))));
        var fingerprint = _session.Run("(Get-LapeModel $demo).Fingerprint").Single().ToString();
        foreach (var kept in new[] { $"\"model_fingerprint\":\"{fingerprint}\"", $"\"corpus_sha256/zh\":\"{corpus}\"", "\"top_rate\":\"0.02\"", "\"scored_with\":\"0.1.0\"" })
            Assert.Contains(kept, text, StringComparison.Ordinal);
        // And writing what was read keeps it.
        _session.Run("Import-LapeMask $path | Export-LapeMask $again", ("again", module.New(name))).Clean();
        Assert.Equal(new FileInfo(path).Length, new FileInfo((string)_session.Runspace.SessionStateProxy.GetVariable("again")).Length);
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        var path = module.New("m.json");
        Assert.Empty(_session.Run("Get-LapeNeurons $s | Export-LapeMask $path -PassThru -WhatIf", ("path", path)).Clean());
        Assert.Contains(path, _session.Host.Written, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void What_cannot_be_written_leaves_nothing()
    {
        var path = module.New("m.txt");
        _session.Run("Get-LapeNeurons $s | Export-LapeMask $path", ("path", path)).Fails("MaskFormatUnknown");
        _session.Run("Get-LapeNeurons $s | Where-Object Layer -gt 9 | Export-LapeMask ($path + '.json')").Fails("MaskEmpty");
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_bad_file_does_not_end_the_others()
    {
        var good = module.New("good.json");
        _session.Set("good", good);
        _session.Set("bad", module.New("bad.json"));
        File.WriteAllText((string)_session.Runspace.SessionStateProxy.GetVariable("bad"), "{");
        _session.Run("$n = @(Get-LapeNeurons $s -Language zh); $n | Export-LapeMask $good").Clean();
        var count = _session.Run("$n").Clean().Count;
        foreach (var line in new[] { "Import-LapeMask $good, $bad, $good", "$good, $bad, $good | Import-LapeMask", "Import-LapeMask -LiteralPath $good, $bad, $good" })
        {
            var outcome = _session.Run(line);
            outcome.Fails("MaskFileInvalid");
            Assert.Equal(2 * count, outcome.Output.Count);
        }
        _session.Run("Import-LapeMask ./nowhere.json").Fails("FileNotFound");
    }

    [Fact]
    public void Neurons_of_a_mask_file_know_neither_scores_nor_model()
    {
        _session.Set("path", module.New("m.json"));
        var neuron = _session.Run("Get-LapeNeurons $s | Export-LapeMask $path; Import-LapeMask $path").Clean()[0];
        Assert.Null(neuron.Text("Score"));
        Assert.Null(neuron.Text("Probability"));
        _session.Run("Import-LapeMask $path | Set-LapeMask").Fails("ModelMissing");
        // Controls avoid what the file holds.
        Assert.Equal(2, _session.Run("Import-LapeMask $path | Set-LapeMask -Model $demo -Language zh -Random 2").Clean().Count);
    }
}
