using System.Management.Automation;
using System.Xml.Linq;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>What people see and keep: default tables, serialized objects, completion.</summary>
public sealed class PresentationTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_output_type_of_ours_has_a_default_view()
    {
        var views = XDocument.Load(Path.Combine(RepositoryFiles.Module, "LapeOps.format.ps1xml")).Descendants("View")
            .Where(v => v.Element("TableControl") is not null || v.Element("CustomControl") is not null).SelectMany(v => v.Descendants("TypeName")).Select(t => t.Value).ToHashSet();
        var written = _session.Run("(Get-Command -Module LapeOps).OutputType").Clean().Select(t => t.Get<Type>("Type").FullName!).Distinct();
        Assert.Empty(written.Where(t => t.StartsWith("LapeOps.", StringComparison.Ordinal)).Except(views));
        Assert.Superset(new HashSet<string> { "LapeOps.PowerShell.Objects.LapeModel", "LapeOps.PowerShell.Objects.LapeCompletion", "LapeOps.Statistics.ActivationStatistics" }, views);
    }

    [Fact]
    public void Every_column_names_a_property()
    {
        _session.Run("""
            $m = Open-LapeModel $demo
            $n = Get-LapeNeurons $s -Model $m
            $stability = Measure-LapeStability $s
            $all = @(Get-LapeModel $demo) + $m + $n[0] + (Measure-LapeActivation $m $texts -Context 128 -OutPath $s) +
                (Measure-LapeActivation $m $texts -Context 128 -WhatIf)[0] + (Invoke-LapeGenerate $m 'x' -MaxTokens 1) +
                (Measure-LapePerplexity $m $s $texts -Language vi) + ($n | Measure-LapePerplexity -Corpus $texts -Language vi -Controls None) +
                (Measure-LapeAblation $m $s $texts -Language vi -Study Rate -Rate 0.01) + (Get-LapeDevice)[0] +
                (Install-LapeRuntime -Flavor (Get-LapeDevice)[0].Runtime) + (Install-LapeLanguageModel) +
                (Compare-LapeMask $n $n).Languages[0] + $stability.Languages[0] + $stability.Curve[0]
            $steered = $n | Measure-LapeSteering $texts 'The menu' -Target vi -Method None -MaxTokens 1 -Detector Low
            $all += $steered, $steered.Rows[0], $steered.Answers[0]
            """).Clean();
        var samples = _session.Run("$all").Clean().ToDictionary(o => o.TypeNames[0]);
        foreach (var view in XDocument.Load(Path.Combine(RepositoryFiles.Module, "LapeOps.format.ps1xml")).Descendants("View"))
            foreach (var type in view.Descendants("TypeName"))
                Assert.All(view.Descendants("PropertyName"), p => Assert.NotNull(samples[type.Value].Properties[p.Value]));
    }

    [Fact]
    public void Neurons_survive_serialization_and_can_be_masked_again()
    {
        var neurons = _session.Run("$n = Get-LapeNeurons $s -Model $demo; $n").Clean();
        var kept = _session.Run("$k = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($n, 3)); $k").Clean();
        Assert.Equal(neurons.Neurons(), kept.Neurons());
        Assert.All(kept, n => Assert.Equal(7, n.List("Probability").Length));
        Assert.Equal(neurons.Select(n => n.Get<double>("Score")), kept.Select(n => n.Get<double>("Score")));
        var masks = _session.Run("$n, $k | ForEach-Object { $_ | Set-LapeMask -Model $demo -Language zh }").Clean();
        Assert.Equal(masks[0].Get<int[]>("NeuronsPerLayer"), masks[1].Get<int[]>("NeuronsPerLayer"));
        // The model behind a neuron is no property of it.
        Assert.Null(kept[0].Properties["Origin"]);
    }

    [Fact]
    public void Models_answers_and_perplexities_survive_serialization()
    {
        const string keep = "| ForEach-Object { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_, 2)) }";
        var view = _session.Run($"$v = Get-LapeNeurons $s -Model $demo | Set-LapeMask -Language zh; $v {keep}").Single();
        Assert.Equal("demo (zh)", view.ToString());
        Assert.Equal(_session.Run("$v").Single().Get<int[]>("NeuronsPerLayer"), view.Get<int[]>("NeuronsPerLayer"));
        var answer = _session.Run($"Invoke-LapeGenerate $v 'Q: 你好' -MaxTokens 3 {keep}").Single();
        Assert.Equal(answer.Text("Text"), answer.ToString());
        Assert.Equal(3, answer.Get<int[]>("TokenIds").Length);
        Assert.True(answer.Get<long>("ValuesChanged") > 0);
        Assert.Equal("BF16", _session.Run($"Get-LapeModel $demo {keep}").Single().Text("DType"));
    }

    [Fact]
    public void Lists_read_as_text_that_reads_back()
    {
        var neuron = _session.Run("Get-LapeNeurons $s | Where-Object { $_.Languages.Count -gt 1 }").Clean()[0];
        Assert.Contains(';', neuron.Text("Languages")!);
        Assert.Matches(@"^en=[0-9.E-]+(;[a-z]{2}=[0-9.E-]+){6}$", neuron.Text("Probability"));
        var names = neuron.Text("Languages")!.Split(';');
        _session.Set("row", new PSObject(new { Layer = neuron.Text("Layer"), Neuron = neuron.Text("Neuron"), Languages = neuron.Text("Languages") }));
        foreach (var name in names)
            Assert.Equal(1, _session.Run($"$row | Set-LapeMask -Model $demo -Language {name}").Single().Get<int>("Neurons"));
    }

    [Theory]
    [InlineData("Get-LapeNeurons -Statistics '{s}' -Language ", "en es fr id ja vi zh")]
    [InlineData("Get-LapeNeurons -Statistics '{s}' -Language e", "en es")]
    [InlineData("Get-LapeNeurons -Statistics ./demo.safetensors -Language ", "en es fr id ja vi zh")]
    [InlineData("Get-LapeNeurons -Statistics $two -Language ", "vi zh")]
    [InlineData("Get-LapeNeurons -Statistics nodrive:/x -Language ", "en zh fr es vi id ja")]
    [InlineData("Set-LapeMask -Language ", "en zh fr es vi id ja")]
    [InlineData("Get-LapeNeurons -Statistics ./nowhere -Language ", "en zh fr es vi id ja")]
    [InlineData("Open-LapeModel x -Device c", "cpu cuda cuda:0")]
    [InlineData("Open-LapeModel x -DType ", "Auto BFloat16 Float32")]
    [InlineData("Measure-LapeActivation x y -RowStart ", "Auto None")]
    public void Languages_and_devices_are_completed(string line, string expected)
    {
        line = line.Replace("{s}", module.Statistics, StringComparison.Ordinal);
        _session.Go(module.Folder);
        _session.Run("$two = Measure-LapeActivation $demo \"$texts/vi.txt\", \"$texts/zh.txt\" -Context 64 -MaxTokens 700").Clean();
        var texts = _session.Run("[System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText", ("line", line)).Clean();
        Assert.Equal(expected.Split(' '), texts.Select(t => t.ToString()));
    }
}
