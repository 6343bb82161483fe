using System.Management.Automation;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Set-LapeMask and Clear-LapeMask: views that share a model and answer alone, in turn and in a batch alike.</summary>
public sealed class MaskTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Views_in_one_batch_and_in_turn_answer_as_each_does_alone()
    {
        _session.Run("""
            $m = Open-LapeModel $demo
            $views = @($m) + ('zh', 'fr' | ForEach-Object { $l = $_; Get-LapeNeurons $s -TopRate 0.1 | Set-LapeMask -Model $m -Language $l })
            $prompts = 'Le chat', 'The government of the'
            """).Clean();
        var batch = Answers("$views | Invoke-LapeGenerate -Prompt $prompts -MaxTokens 12");
        Assert.Equal(["none", "zh", "fr", "none", "zh", "fr"], batch.Select(a => a.Text("Mask")));
        Assert.Equal(Texts(batch), Texts(Answers("foreach ($p in $prompts) { foreach ($v in $views) { Invoke-LapeGenerate $v $p -MaxTokens 12 } }")));
        Assert.Equal(Texts(batch), Texts(Answers("$prompts | Invoke-LapeGenerate -Model $views -MaxTokens 12 -BatchSize 2")));
        Assert.Equal(3, Texts(batch).Take(3).Distinct().Count());
        // Nothing was edited: the model answers as before, and so does the unmasked view of a masked one.
        Assert.Equal(Texts(batch)[0], Texts(Answers("$views[1] | Clear-LapeMask | Invoke-LapeGenerate -Prompt $prompts[0] -MaxTokens 12"))[0]);

        IReadOnlyList<PSObject> Answers(string script) => _session.Run(script).Clean();

        static string[] Texts(IReadOnlyList<PSObject> answers) => [.. answers.Select(a => a.ToString())];
    }

    [Fact]
    public void Clear_gives_the_unmasked_view_of_each_view()
    {
        var plain = _session.Run("$v = Get-LapeNeurons $s | Set-LapeMask -Model $demo; $v, $v | Clear-LapeMask").Clean();
        Assert.Equal(["none", "none"], plain.Select(p => p.Text("Mask")));
        Assert.Equal([0, 0], plain.Select(p => p.Get<int>("Neurons")));
        Assert.Equal("demo (mask)", _session.Run("$v").Single().ToString());
        Assert.Equal("demo", _session.Run("Clear-LapeMask $v").Single().ToString());
    }

    [Fact]
    public void A_view_tells_its_neurons_per_layer_and_its_name()
    {
        var view = _session.Run("$n = Get-LapeNeurons $s; $n | Set-LapeMask -Model $demo -Language zh, ja").Single();
        var expected = _session.Run("foreach ($i in 0..5) { @($n | Where-Object { $_.Layer -eq $i -and ($_.Languages -contains 'zh' -or $_.Languages -contains 'ja') }).Count }").Clean();
        Assert.Equal(expected.Select(c => (int)c.BaseObject), view.Get<int[]>("NeuronsPerLayer"));
        Assert.Equal(expected.Sum(c => (int)c.BaseObject), view.Get<int>("Neurons"));
        Assert.Equal("zh+ja", view.Text("Mask"));
        Assert.Equal("mine", _session.Run("$n | Set-LapeMask -Model $demo -Name mine").Single().Text("Mask"));
    }

    [Fact]
    public void Controls_are_of_the_same_size_per_layer_and_the_same_for_a_seed()
    {
        var masked = _session.Run("$n = Get-LapeNeurons $s -TopRate 0.05; $n | Set-LapeMask -Model $demo -Language zh").Single();
        var controls = _session.Run("$c = $n | Set-LapeMask -Model $demo -Language zh -Random 3 -Seed 7; $c").Clean();
        Assert.Equal(["random 1 (zh)", "random 2 (zh)", "random 3 (zh)"], controls.Select(c => c.Text("Mask")));
        Assert.All(controls, c => Assert.Equal(masked.Get<int[]>("NeuronsPerLayer"), c.Get<int[]>("NeuronsPerLayer")));
        var effects = Effects("$c");
        Assert.Equal(3, effects.Distinct().Count());
        Assert.Equal(effects, Effects("$n | Set-LapeMask -Model $demo -Language zh -Random 3 -Seed 7"));
        Assert.Equal(effects[1..2], Effects("$n | Set-LapeMask -Model $demo -Language zh -Random 1 -Seed 8"));

        // What an answer's first token owes to the mask tells the masks apart.
        double[] Effects(string views) => [.. _session.Run($"{views} | Invoke-LapeGenerate -Prompt 'Q: 你好' -MaxTokens 1 -BatchSize 1").Clean()
            .Select(a => a.Get<double>("KlDivergence"))];
    }

    [Fact]
    public void Controls_avoid_the_whole_selection_where_only_some_of_it_was_piped_on()
    {
        // With these rates no neuron is left to draw.
        Assert.Equal(6 * 640, _session.Run("$all = Get-LapeNeurons $s -TopRate 1 -FilterRate 0; $all").Clean().Count);
        _session.Run("$all | Where-Object Neuron -eq 3 | Set-LapeMask -Model $demo -Random 1").Fails("RandomNeuronsDoNotFit");
        Assert.Contains("Get-LapeNeurons", _session.Run("[pscustomobject]@{ Layer = 1; Neuron = 2 } | Set-LapeMask -Model $demo -Random 1").Fails("SelectionUnknown"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_neuron_is_an_error_and_not_an_empty_pipeline()
    {
        Assert.Contains("pipeline", _session.Run("Get-LapeNeurons $s | Where-Object Layer -gt 99 | Set-LapeMask").Fails("ModelMissing"), StringComparison.Ordinal);
        _session.Run("Get-LapeNeurons $s | Where-Object Layer -gt 99 | Set-LapeMask -Model $demo").Fails("MaskEmpty");
        _session.Run("Get-LapeNeurons $s | Where-Object Layer -eq 0 | Set-LapeMask -Model $demo -Language zh").Fails("MaskEmpty");
        _session.Run("Get-LapeNeurons $s | Where-Object Layer -eq 0 | Set-LapeMask -Model $demo -Language zh -Random 1").Fails("MaskEmpty");
        _session.Run("$null | Set-LapeMask -Model $demo").Fails("MaskEmpty");
    }

    [Fact]
    public void WhatIf_makes_no_view()
    {
        Assert.Empty(_session.Run("Get-LapeNeurons $s | Set-LapeMask -Model $demo -WhatIf").Clean());
        Assert.Contains("Mask 38 neurons", _session.Host.Written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_that_changes_nothing_is_an_error_unless_that_is_allowed()
    {
        _session.Set("silent", ModelCopy.WithSilentNeuron(module.New("silent"), layer: 2, neuron: 5));
        _session.Run("$v = [pscustomobject]@{ Layer = 2; Neuron = 5 } | Set-LapeMask -Model $silent -Name silent").Clean();
        var outcome = _session.Run("Invoke-LapeGenerate $v 'The cat' -MaxTokens 4");
        Assert.Contains("'silent'", outcome.Fails("MaskWithoutEffect"), StringComparison.Ordinal);
        var allowed = _session.Run("Invoke-LapeGenerate $v 'The cat' -MaxTokens 4 -AllowNoOp").Single();
        Assert.Equal(0, allowed.Get<long>("ValuesChanged"));
        Assert.Equal(1, allowed.Get<int>("Neurons"));
        Assert.Equal(0, allowed.Get<double>("KlDivergence"));
        _session.Run("$o = Measure-LapeActivation $silent @{ zh = \"$texts/zh.txt\"; vi = \"$texts/vi.txt\" } -Context 64 -MaxTokens 700").Clean();
        _session.Set("corpus", null);
        _session.Run("$corpus = @{ zh = \"$texts/zh.txt\" }; Measure-LapePerplexity $v $o $corpus").Fails("MaskWithoutEffect");
        Assert.Equal(0, _session.Run("Measure-LapePerplexity $v $o $corpus -AllowNoOp | Where-Object Mask -eq silent").Single().Get<long>("ValuesChanged"));
    }
}
