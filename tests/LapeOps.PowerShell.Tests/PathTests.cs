using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Paths, wildcards and objects that carry paths, for each cmdlet that takes them; a bad one does not end the others.</summary>
public sealed class PathTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-LapeModel")]
    [InlineData("Open-LapeModel")]
    public void A_bad_model_does_not_end_the_others(string cmdlet)
    {
        foreach (var line in new[] { $"{cmdlet} $demo, ./nowhere, $demo", $"$demo, './nowhere', $demo | {cmdlet}", $"{cmdlet} -LiteralPath $demo, ./nowhere, $demo" })
        {
            var outcome = _session.Run(line);
            Assert.Contains("nowhere", outcome.Fails("ModelNotFound"), StringComparison.Ordinal);
            Assert.Equal(["demo", "demo"], outcome.Output.Select(m => m.Text("Name")));
            Assert.Single(outcome.Output.Select(m => m.Text("Fingerprint")).Distinct());
        }
    }

    [Theory]
    [InlineData("Get-LapeModel")]
    [InlineData("Open-LapeModel")]
    public void Models_are_found_by_wildcard_relative_path_and_the_paths_of_objects(string cmdlet)
    {
        var folder = module.NewFolder();
        foreach (var name in new[] { "model-a", "model-b", "model[1]" })
            ModelCopy.Of(RepositoryFiles.Demo, Path.Combine(folder, name));
        _session.Go(folder);
        foreach (var (line, names) in new (string, string[])[]
        {
            ($"{cmdlet} ./model-*", ["model-a", "model-b"]),
            ($"'model-?' | {cmdlet}", ["model-a", "model-b"]),
            ($"{cmdlet} 'model[1]'", ["model[1]"]), // exists as it is written
            ($"{cmdlet} 'model[[]1]', model-[b-z]", ["model[1]", "model-b"]),
            ($"{cmdlet} -LiteralPath 'model[1]', model-a", ["model[1]", "model-a"]),
            ($"[pscustomobject]@{{ Path = 'model-a' }}, [pscustomobject]@{{ Path = 'model-*' }} | {cmdlet}", ["model-a", "model-a", "model-b"]),
            ($"[pscustomobject]@{{ LiteralPath = 'model[1]' }}, [pscustomobject]@{{ PSPath = \"Microsoft.PowerShell.Core\\FileSystem::$pwd/model[1]\" }} | {cmdlet}", ["model[1]", "model[1]"]),
            ($"[IO.DirectoryInfo]\"$pwd/model-a\", [IO.DirectoryInfo]\"$pwd/model[1]\" | {cmdlet}", ["model-a", "model[1]"]),
            ($"Get-LapeModel model-a, model-b | {cmdlet}", ["model-a", "model-b"]),
        })
            Assert.Equal(names, _session.Run(line).Clean().Select(m => m.Text("Name")!));
        _session.Run($"{cmdlet} ./nothing-*").Fails("FileNotFound");
        _session.Run($"{cmdlet} Env:PATH").Fails("PathNotFileSystem");
        _session.Run($"{cmdlet} nodrive:/x").Fails("FileNotFound");
    }

    [Fact]
    public void A_model_that_cannot_be_computed_is_described_with_the_reason()
    {
        var folder = ModelCopy.Of(RepositoryFiles.Demo, module.New("strange"));
        File.WriteAllText(Path.Combine(folder, "config.json"), """{ "model_type": "strange" }""");
        var description = _session.Run("Get-LapeModel $folder", ("folder", folder)).Single();
        Assert.False(description.Get<bool>("Supported"));
        Assert.Contains("strange", description.Text("Reason"), StringComparison.Ordinal);
        _session.Run("Open-LapeModel $folder").Fails("FamilyUnsupported");
        Assert.Equal(["demo"], _session.Run("Get-LapeModel $demo, $folder | Where-Object Supported").Clean().Select(m => m.Text("Name")));
    }

    [Fact]
    public void A_model_is_described_without_its_weights_being_loaded()
    {
        var demo = _session.Run("Get-LapeModel $demo").Single();
        Assert.Equal("llama", demo.Text("Family"));
        Assert.Equal(6, demo.Get<int>("Layers"));
        Assert.Equal(640, demo.Get<int>("Width"));
        Assert.Equal(512, demo.Get<int>("ContextLimit"));
        Assert.Equal(6144, demo.Get<int>("Vocabulary"));
        Assert.Equal("BF16", demo.Text("DType"));
        Assert.Equal(_session.Run("Open-LapeModel $demo").Single().Text("Fingerprint"), demo.Text("Fingerprint"));
    }

    [Fact]
    public void Mask_files_are_found_by_wildcard_and_the_paths_of_objects()
    {
        var folder = module.NewFolder();
        _session.Go(folder);
        _session.Run("$n = @(Get-LapeNeurons $s -Language zh); 'a.json', 'b.json', 'c[1].json' | ForEach-Object { $p = $_; $n | Export-LapeMask $p }").Clean();
        Assert.Equal(3, Directory.GetFiles(folder).Length);
        var one = _session.Run("$n").Clean().Count;
        foreach (var (line, files) in new[]
        {
            ("Import-LapeMask *.json", 3),
            ("Import-LapeMask 'c[1].json'", 1),
            ("Import-LapeMask -LiteralPath 'c[1].json', a.json", 2),
            ("[IO.FileInfo]\"$pwd/a.json\", [IO.FileInfo]\"$pwd/c[1].json\" | Import-LapeMask", 2),
            ("[pscustomobject]@{ Path = '[ab].json' }, [pscustomobject]@{ PSPath = 'c[1].json' } | Import-LapeMask", 3),
        })
            Assert.Equal(files * one, _session.Run(line).Clean().Count);
    }

    [Fact]
    public void A_corpus_may_be_files_folders_wildcards_objects_or_a_hashtable()
    {
        _session.Go(RepositoryFiles.Texts);
        foreach (var (corpus, languages) in new (string, string)[]
        {
            (".", "en es fr id ja vi zh"),
            ("zh.txt, ./fr.txt", "zh fr"),
            ("'[vz]*.txt'", "vi zh"),
            ("([IO.FileInfo]\"$pwd/ja.txt\")", "ja"),
            ("@{ zwei = 'zh.txt'; eins = 'en.txt', 'fr.txt' }", "eins zwei"),
            ("([ordered]@{ zwei = 'zh.txt'; eins = 'en.txt' })", "zwei eins"),
        })
            Assert.Equal(languages.Split(' '), _session.Run($"Measure-LapeActivation $demo {corpus} -Context 64 -WhatIf").Clean().Select(p => p.Text("Language")!));
        _session.Run("Measure-LapeActivation $demo ./nowhere.txt -Context 64").Fails("CorpusNotFound");
        _session.Run("Measure-LapeActivation $demo './nothing*' -Context 64").Fails("FileNotFound");
        _session.Run("Measure-LapeActivation $demo 5 -Context 64").Fails("CorpusNotFound");
    }

    [Fact]
    public void Several_models_close_at_once()
    {
        _session.Set("other", ModelCopy.Other(module.New("other")));
        Assert.Equal([true, true], _session.Run("$a, $b = Open-LapeModel $other, $demo; $a, $a, $b | Close-LapeModel; $a.Closed; $b.Closed").Clean().Select(c => (bool)c.BaseObject));
        Assert.Empty(_session.Run("Close-LapeModel $a, $b").Clean());
    }
}
