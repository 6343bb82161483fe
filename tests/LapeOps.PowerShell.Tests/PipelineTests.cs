using System.Management.Automation;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Get-LapeNeurons | Set-LapeMask | Invoke-LapeGenerate, with everything that may stand in for a model, a corpus or a neuron.</summary>
public sealed class PipelineTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void The_pipeline_line_runs()
    {
        var corpora = module.New("corpora");
        Directory.CreateDirectory(corpora);
        foreach (var name in new[] { "en.txt", "fr.txt", "zh.txt" })
            File.Copy(Path.Combine(RepositoryFiles.Texts, name), Path.Combine(corpora, name));
        _session.Go(Path.GetDirectoryName(corpora)!);
        var answer = _session.Run("""
            Get-LapeNeurons -Model $demo -Corpus ./corpora -Context 64 -MaxTokens 2500 |
                Where-Object Layer -lt 4 | Set-LapeMask -Language zh | Invoke-LapeGenerate -Prompt 'Q: 你好' -MaxTokens 8
            """).Single();
        Assert.Equal("zh", answer.Text("Mask"));
        Assert.Equal("Q: 你好", answer.Text("Prompt"));
        Assert.True(answer.Get<long>("ValuesChanged") > 0);
    }

    [Fact]
    public void Statistics_may_be_an_object_a_path_or_a_file()
    {
        var byPath = _session.Run("Get-LapeNeurons -Statistics $s").Clean().Neurons();
        Assert.NotEmpty(byPath);
        Assert.Equal(byPath, _session.Run("$o = Measure-LapeActivation $demo $texts -Context 128 -OutPath $s; Get-LapeNeurons $o").Clean().Neurons());
        Assert.Equal(byPath, _session.Run("$o | Get-LapeNeurons").Clean().Neurons());
        Assert.Equal(byPath, _session.Run("[IO.FileInfo]$s | Get-LapeNeurons").Clean().Neurons());
        Assert.Equal([.. byPath, .. byPath], _session.Run("$s, $o | Get-LapeNeurons").Clean().Neurons());
        Assert.Equal(byPath, _session.Run("Get-LapeNeuron $s").Clean().Neurons());
    }

    [Theory]
    [InlineData("$demo")]
    [InlineData("([IO.DirectoryInfo]$demo)")]
    [InlineData("'./demo'")]
    [InlineData("'../examples/dem*'")]
    [InlineData("(Open-LapeModel $demo)")]
    public void A_model_may_be_a_path_and_is_opened_once(string model)
    {
        _session.Go(Path.GetDirectoryName(RepositoryFiles.Demo)!);
        var view = _session.Run($"$m = Open-LapeModel $demo; $v = Get-LapeNeurons $s | Set-LapeMask -Model {model} -Language fr; $v").Single();
        Assert.Equal(_session.Run("$m").Single().Text("Fingerprint"), view.Text("Fingerprint"));
        // One underlying model: closing it closes every view.
        Assert.Equal([true, true], _session.Run("Close-LapeModel $m; $v.Closed; $m.Closed").Clean().Select(c => (bool)c.BaseObject));
        Assert.Contains("'demo'", _session.Run("Invoke-LapeGenerate $v 'Bonjour'").Fails("ModelClosed"), StringComparison.Ordinal);
        Assert.False(_session.Run("Open-LapeModel $demo").Single().Get<bool>("Closed"));
    }

    [Fact]
    public void Several_prompts_come_by_pipeline_and_a_string_is_always_a_prompt()
    {
        var answers = _session.Run("'The cat', $demo | Invoke-LapeGenerate -Model $demo -MaxTokens 4").Clean();
        Assert.Equal(["The cat", RepositoryFiles.Demo], answers.Select(a => a.Text("Prompt")));
        _session.Run("$demo | Invoke-LapeGenerate -Prompt 'The cat'").Fails("ModelMissing");
    }

    [Fact]
    public void Neurons_may_be_rows_of_a_table_as_Import_Csv_gives_them()
    {
        _session.Set("rows", new[] { Row("0", "3", "en;zh"), Row("5", "12", "zh"), Row("5", "13", "fr") });
        var view = _session.Run("$rows | Set-LapeMask -Model $demo -Language zh").Single();
        Assert.Equal([1, 0, 0, 0, 0, 1], view.Get<int[]>("NeuronsPerLayer"));
        Assert.Equal(3, _session.Run("$rows | Set-LapeMask -Model $demo").Single().Get<int>("Neurons"));
        Assert.Contains("Give -Model", _session.Run("$rows | Set-LapeMask").Fails("ModelMissing"), StringComparison.Ordinal);
        Assert.Contains("-Language", _session.Run("[pscustomobject]@{ Layer = 1; Neuron = 2 } | Set-LapeMask -Model $demo -Language zh").Fails("LanguageUnknown"), StringComparison.Ordinal);
        Assert.Contains("en, zh, fr", _session.Run("$rows | Set-LapeMask -Model $demo -Language de").Fails("LanguageUnknown"), StringComparison.Ordinal);

        static PSObject Row(string layer, string neuron, string languages)
        {
            var row = new PSObject();
            foreach (var (name, value) in new[] { ("Layer", layer), ("Neuron", neuron), ("Languages", languages), ("Score", "0.5") })
                row.Properties.Add(new PSNoteProperty(name, value));
            return row;
        }
    }

    [Fact]
    public void An_object_that_is_no_neuron_is_an_error_of_its_own()
    {
        var outcome = _session.Run("[pscustomobject]@{ Layer = 1; Neuron = 'x' }, [pscustomobject]@{ Layer = 1; Neuron = 2 } | Set-LapeMask -Model $demo");
        outcome.Fails("NeuronInvalid");
        Assert.Equal(1, Assert.Single(outcome.Output).Get<int>("Neurons"));
        _session.Run("[pscustomobject]@{ Layer = 1; Neuron = 640 } | Set-LapeMask -Model $demo").Fails("NeuronOutOfRange");
        _session.Run("[pscustomobject]@{ Layer = 6; Neuron = 0 } | Set-LapeMask -Model $demo").Fails("NeuronOutOfRange");
    }

    [Fact]
    public void Statistics_of_another_model_are_refused_with_both_names()
    {
        _session.Set("other", ModelCopy.Other(module.New("changed")));
        foreach (var line in new[]
        {
            "Get-LapeNeurons $s | Set-LapeMask -Model $other",
            "Get-LapeNeurons $s -Model $other",
            "Open-LapeModel $other | Measure-LapePerplexity -Statistics $s -Corpus $texts -Language zh",
        })
        {
            var message = _session.Run(line).Fails("ModelMismatch");
            Assert.Contains("'demo'", message, StringComparison.Ordinal);
            Assert.Contains("'changed'", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rates_and_languages_that_cannot_be_are_refused()
    {
        foreach (var rate in new[] { "TopRate", "FilterRate", "OwnerRate" })
            foreach (var value in new[] { "1.01", "-0.1", "95" })
                Assert.Contains(rate, _session.Run($"Get-LapeNeurons $s -{rate} {value}").Fails("RateOutOfRange"), StringComparison.Ordinal);
        Assert.Contains("en, es, fr, id, ja, vi, zh", _session.Run("Get-LapeNeurons $s -Language de").Fails("LanguageUnknown"), StringComparison.Ordinal);
        Assert.Contains("en, es, fr, id, ja, vi, zh", _session.Run("Get-LapeNeurons $s | Set-LapeMask -Model $demo -Language zh, de").Fails("LanguageUnknown"), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_neurons_of_a_language_are_written_where_it_is_named()
    {
        var all = _session.Run("Get-LapeNeurons $s").Clean();
        var expected = all.Where(n => n.Text("Languages")!.Split(';').Intersect(["zh", "ja"]).Any()).Neurons();
        Assert.Equal(expected, _session.Run("Get-LapeNeurons $s -Language zh, ja").Clean().Neurons());
        Assert.Equal(38, all.Count); // round(0.01 * 6 * 640)
    }
}
