namespace LapeOps.PowerShell.Tests;

/// <summary>Set-LapeMask's modes: constants, means, differences of means, steering, the residual stream, and controls of each.</summary>
public sealed class SteeringMaskTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("-Language zh", "zh")]
    [InlineData("-Language zh -Mode Constant -Value -1.5", "zh = -1.5")]
    [InlineData("-Language zh -Mode Replace", "zh Replace")]
    [InlineData("-Language zh, ja -Mode Add -Alpha 1.5", "zh+ja Add 1.5")]
    [InlineData("-Language zh -Mode DiffMean -Target fr", "zh DiffMean fr")]
    [InlineData("-Mode Replace", "mask Replace")]
    [InlineData("-Off en -Drive zh", "en>zh")]
    [InlineData("-Off en, fr -Drive zh -Mode DiffMean -Alpha 2", "en+fr>zh DiffMean 2")]
    [InlineData("-Drive zh", ">zh")]
    public void Each_mode_gives_a_view_that_acts_and_tells_what_it_does(string parameters, string name)
    {
        var answer = _session.Run($"$v = Get-LapeNeurons $s -Model $demo -TopRate 0.05 | Set-LapeMask {parameters}; $v | Invoke-LapeGenerate -Prompt 'The menu' -MaxTokens 2").Single();
        Assert.Equal(name, answer.Text("Mask"));
        Assert.True(answer.Get<long>("ValuesChanged") > 0);
        Assert.True(answer.Get<double>("KlDivergence") > 0);
    }

    [Fact]
    public void Neurons_are_chosen_as_objects_by_union_intersection_difference_layer_and_score()
    {
        var counts = _session.Run("""
            $n = @(Get-LapeNeurons $s -Model $demo -TopRate 0.1)
            $choices = { $_.Languages -contains 'zh' -or $_.Languages -contains 'ja' }, { $_.Languages -contains 'zh' -and $_.Languages -contains 'ja' },
                { $_.Languages -contains 'zh' -and $_.Languages -notcontains 'ja' }, { "$($_.Languages)" -eq 'zh' }, { $_.Languages -contains 'zh' -and $_.Layer -in 1..2 }
            foreach ($choice in $choices) { ($n | Where-Object $choice | Set-LapeMask -Mode Replace).Neurons }
            ($n | Set-LapeMask -Language zh, ja -Mode Replace).Neurons
            """).Clean().Select(c => (int)c.BaseObject).ToArray();
        Assert.Equal(counts[0], counts[5]);
        Assert.Equal(counts[2] + counts[1], _session.Run("@($n | Where-Object { $_.Languages -contains 'zh' }).Count").Single().BaseObject);
        Assert.True(counts[0] > counts[2] && counts[2] >= counts[3] && counts[1] > 0 && counts[4] > 0);
    }

    [Fact]
    public void A_neuron_of_both_is_driven_and_one_by_itself_is_the_same_under_any_name()
    {
        _session.Run("$m = Open-LapeModel $demo; $n = @(Get-LapeNeurons $s -Model $m -TopRate 0.1)").Clean();
        var both = _session.Run("@($n | Where-Object { $_.Languages -contains 'es' -and $_.Languages -contains 'fr' }).Count").Single();
        Assert.True((int)both.BaseObject > 0);
        Assert.Equal(_session.Run("@($n | Where-Object { $_.Languages -contains 'es' -or $_.Languages -contains 'fr' }).Count").Single().BaseObject,
            _session.Run("($n | Set-LapeMask -Off es -Drive fr).Neurons").Single().BaseObject);
        // What is driven does not depend on whether it was off before.
        Assert.Equal(Effect("$n | Where-Object { $_.Languages -contains 'fr' } | Set-LapeMask -Off es -Drive fr"),
            Effect("$n | Where-Object { $_.Languages -contains 'fr' } | Set-LapeMask -Language fr -Mode Replace"));
        // A mask file knows no means; statistics beside it do.
        _session.Set("file", module.New("demo.json"));
        _session.Run("$n | Export-LapeMask $file").Clean();
        _session.Run("Import-LapeMask $file | Set-LapeMask -Model $m -Off en -Drive zh").Fails("StatisticsMissing");
        Assert.Equal(Effect("$n | Set-LapeMask -Off en -Drive zh"), Effect("Import-LapeMask $file | Set-LapeMask -Model $m -Statistics $s -Off en -Drive zh"));
    }

    [Fact]
    public void Controls_of_steering_have_its_sizes_and_act_otherwise()
    {
        _session.Run("$n = Get-LapeNeurons $s -Model $demo -TopRate 0.05").Clean();
        var views = _session.Run("$n | Set-LapeMask -Off en -Drive zh; $n | Set-LapeMask -Off en -Drive zh -Random 2").Clean();
        Assert.Equal(["en>zh", "random 1 (en>zh)", "random 2 (en>zh)"], views.Select(v => v.Text("Mask")));
        Assert.All(views, v => Assert.Equal(views[0].Get<int[]>("NeuronsPerLayer"), v.Get<int[]>("NeuronsPerLayer")));
        Assert.Equal(3, new[] { "", " -Random 1", " -Random 1 -Seed 1" }.Select(p => Effect("$n | Set-LapeMask -Off en -Drive zh" + p)).Distinct().Count());
    }

    [Fact]
    public void The_residual_stream_is_shifted_without_a_neuron()
    {
        _session.Run("$m = Open-LapeModel $demo").Clean();
        var view = _session.Run("Set-LapeMask -Model $m -Statistics $s -ResidualLayer 3 -Off en -Drive zh -Alpha 0.5").Single();
        Assert.Equal(("residual 3 en>zh 0.5", 0), (view.Text("Mask"), view.Get<int>("Neurons")));
        Assert.Equal(Effect("Set-LapeMask -Model $m -Statistics $s -ResidualLayer 3 -Off en -Drive zh -Alpha 0.5"),
            Effect("Get-LapeNeurons $s -Model $m | Set-LapeMask -ResidualLayer 3 -Off en -Drive zh -Alpha 0.5"));
        _session.Run("Set-LapeMask -Model $m -Statistics $s -ResidualLayer 6 -Off en -Drive zh").Fails("LayerOutOfRange");
        _session.Run("Set-LapeMask -Model $m -Statistics $s -ResidualLayer 3 -Off en -Drive xx").Fails("LanguageUnknown");
        _session.Run("Set-LapeMask -Model $m -Statistics $s -ResidualLayer 3 -Off en, fr -Drive zh").Fails("ParameterOutOfRange");
        _session.Run("Set-LapeMask -Model $m -ResidualLayer 3 -Off en -Drive zh").Fails("StatisticsMissing");
    }

    [Fact]
    public void What_makes_no_sense_is_refused_and_says_why()
    {
        _session.Run("$n = Get-LapeNeurons $s -Model $demo").Clean();
        _session.Run("$n | Set-LapeMask -Language zh -Alpha 2").Fails("ParameterOutOfRange");
        _session.Run("$n | Set-LapeMask -Language zh -Mode Replace -Value 2").Fails("ParameterOutOfRange");
        _session.Run("$n | Set-LapeMask -Language zh -Target fr").Fails("ParameterOutOfRange");
        _session.Run("$n | Set-LapeMask -Language zh -Mode Add -Alpha ([double]::NaN)").Fails("ParameterOutOfRange");
        Assert.Contains("xx", _session.Run("$n | Set-LapeMask -Language zh -Mode Add -Target xx").Fails("LanguageUnknown"), StringComparison.Ordinal);
        _session.Run("$n | Set-LapeMask -Off en -Drive xx").Fails("LanguageUnknown");
        _session.Run("[pscustomobject]@{ Layer = 1; Neuron = 2 } | Set-LapeMask -Model $demo -Statistics $s -Mode Replace").Fails("LanguageMissing");
        Assert.Equal(1, _session.Run("[pscustomobject]@{ Layer = 1; Neuron = 2 } | Set-LapeMask -Model $demo -Statistics $s -Mode Replace -Target zh").Single().Get<int>("Neurons"));
        _session.Set("counts", module.New("counts.safetensors"));
        _session.Run("Measure-LapeActivation $demo $texts -Context 128 -MaxTokens 2000 -Sums None -OutPath $counts").Clean();
        Assert.Contains("-Sums", _session.Run("Get-LapeNeurons $counts -Model $demo | Set-LapeMask -Language zh -Mode Replace").Fails("SumsMissing"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_real_model_is_steered_as_transformers_steers_it()
    {
        var golden = GoldenSteering.Required(module.New("gemma.safetensors"));
        _session.Set("model", golden.Model);
        _session.Set("statistics", golden.Statistics);
        _session.Run("$n = Get-LapeNeurons $statistics -Model $model").Clean();
        foreach (var language in golden.Owners)
            Assert.Equal(language.Neurons, _session.Run($"foreach ($x in $n) {{ if ($x.Languages -contains '{language.Name}') {{ $x.Layer * {golden.Width} + $x.Neuron }} }}").Clean().Select(i => (int)i.BaseObject));
        _session.Run("""
            $views = @(Open-LapeModel $model)
            foreach ($l in 'zh', 'fr') { $views += $n | Set-LapeMask -Off en -Drive $l; $views += $n | Set-LapeMask -Language $l -Mode DiffMean }
            """).Clean();
        foreach (var question in golden.Questions)
        {
            _session.Set("prompt", $"Q: {question.Text}\nA:");
            var answers = _session.Run("$views | Invoke-LapeGenerate -Prompt $prompt -MaxTokens 48 -Stop \"`nQ:\", \"`nA:\"").Clean();
            foreach (var (run, answer) in question.Runs.Zip(answers, (r, a) => (r, a)))
            {
                Assert.Equal(run.Ids, answer.Get<int[]>("TokenIds"));
                Assert.Equal(run.Kl, answer.Properties["KlDivergence"].Value is double kl ? kl : 0, 1e-4);
            }
        }
    }

    [Fact]
    public void Driven_to_zero_has_another_name_than_driven() =>
        Assert.Equal("en>zh Zero", _session.Run("Get-LapeNeurons $s -Model $demo | Set-LapeMask -Off en -Drive zh -Mode Zero").Single().Text("Mask"));

    // What an answer's first token owes to the mask tells masks apart.
    private double Effect(string view) => _session.Run($"{view} | Invoke-LapeGenerate -Prompt 'The menu' -MaxTokens 1 -BatchSize 1").Single().Get<double>("KlDivergence");
}
