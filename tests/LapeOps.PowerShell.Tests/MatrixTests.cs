namespace LapeOps.PowerShell.Tests;

/// <summary>Measure-LapePerplexity on neurons, and Measure-LapeAblation.</summary>
public sealed class MatrixTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_language_suffers_most_from_its_own_mask_and_more_than_from_any_control()
    {
        var matrix = _session.Run("$m = Get-LapeNeurons $s -Model $demo | Measure-LapePerplexity -Corpus $texts; $m").Single();
        Assert.Equal(["en", "es", "fr", "id", "ja", "vi", "zh"], matrix.List("Texts"));
        var cells = _session.Run("$m.Cells").Clean();
        Assert.Equal(7 * (1 + 7 + 3), cells.Count);
        Assert.All(cells.Where(c => c.Text("Mask") == "none"), c => Assert.True(c.Get<double>("NllChange") == 0 && c.Text("ValuesChanged") is null));
        Assert.All(cells.Where(c => c.Text("Mask") != "none"), c => Assert.True(c.Get<long>("ValuesChanged") > 0));
        var chinese = cells.Where(c => c.Text("Text") == "zh").ToDictionary(c => c.Text("Mask")!, c => c.Get<double>("NllChange"));
        Assert.Equal("zh", chinese.MaxBy(c => c.Value).Key);
        Assert.Equal("zh", cells.Where(c => c.Text("Mask") == "zh").MaxBy(c => c.Get<double>("NllChange"))!.Text("Text"));
        Assert.Equal(["random 1", "random 2", "random 3"], chinese.Keys.Where(m => m.StartsWith("random", StringComparison.Ordinal)));
        Assert.Equal(chinese.Where(c => c.Key.StartsWith("random", StringComparison.Ordinal)).Average(c => c.Value), matrix.Get<double[]>("ControlMean")[6], 1e-12);
        Assert.All(matrix.Get<double[]>("ControlDeviation"), d => Assert.True(d > 0));

        var table = _session.Run("$m.ToTable(80)").Single().ToString()!;
        Assert.All(table.Split('\n'), line => Assert.True(line.Length < 80, line));
        Assert.Equal(2, table.Split("none: NLL").Length - 1);
        Assert.Contains("controls: spread", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_rows_are_those_of_the_masks_and_controls_that_Set_LapeMask_makes()
    {
        var cells = _session.Run("$n = Get-LapeNeurons $s -Model $demo; ($n | Measure-LapePerplexity -Corpus $texts -Controls PerLanguage -Seed 4 -Language fr, zh).Cells").Clean();
        var views = _session.Run("""
            @('fr', 'zh' | ForEach-Object { $n | Set-LapeMask -Language $_ }) + ('fr', 'zh' | ForEach-Object { $n | Set-LapeMask -Language $_ -Random 3 -Seed 4 }) |
                Measure-LapePerplexity -Statistics $s -Corpus $texts -Language fr, zh
            """).Clean();
        Assert.Equal(views.Select(v => $"{v.Text("Mask")} on {v.Text("Language")}"), cells.Select(c => $"{c.Text("Mask")} on {c.Text("Text")}"));
        Assert.Equal(views.Select(v => v.Get<double>("Nll")), cells.Select(c => c.Get<double>("Nll")), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(views.Select(v => v.Get<double>("NllChange")), cells.Select(c => c.Get<double>("NllChange")), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(views.Select(v => v.Text("ValuesChanged")), cells.Select(c => c.Text("ValuesChanged")));
    }

    [Fact]
    public void What_no_matrix_can_be_made_of_is_refused()
    {
        Assert.Contains("-Model", _session.Run("Get-LapeNeurons $s | Measure-LapePerplexity -Corpus $texts").Fails("ModelMissing"), StringComparison.Ordinal);
        _session.Run("Get-LapeNeurons $s -Language zh | Measure-LapePerplexity -Model $demo -Corpus $texts -Language fr -Controls None | ForEach-Object Cells | ForEach-Object Mask").Fails("MaskEmpty");
        _session.Run("Get-LapeNeurons $s | Measure-LapePerplexity -Model $demo, $demo -Corpus $texts").Fails("ModelSeveral");
        _session.Run("$n = Get-LapeNeurons $s -Model $demo; $n | Measure-LapePerplexity -Model ($n | Set-LapeMask -Language zh) -Corpus $texts").Fails("ModelMismatch");
        _session.Run("Get-LapeNeurons $s -Model $demo | Measure-LapePerplexity -Corpus $texts -Language de").Fails("LanguageUnknown");
        _session.Run("Get-LapeNeurons $s -Model $demo | Export-LapeMask $mask; Import-LapeMask $mask | Measure-LapePerplexity -Model $demo -Corpus $texts", ("mask", module.New("m.json"))).Fails("StatisticsMissing");
    }

    [Theory]
    [InlineData("\"Result\":", "\"Rows\": [", "\"Rows\": [ null,")]
    [InlineData("\"RowNll\":", "[", "[ null,")]
    [InlineData("\"RowNll\":", "0.", "\"NaN\", 0.")]
    [InlineData("\"RowNll\":", ".", "1e999, 0.")]
    [InlineData("\"ValuesChanged\": [", " ", " -")]
    [InlineData("\"ValuesChanged\": [", " ", " 1000000000000")]
    public void A_matrix_that_somebody_changed_is_not_gone_on_from(string after, string was, string becomes)
    {
        var path = module.New("matrix.json");
        const string measure = "Get-LapeNeurons $s -Model $demo -Language zh | Measure-LapePerplexity -Corpus $texts -Language zh -Controls None -OutPath $path";
        _session.Run(measure, ("path", path)).Single();
        var text = File.ReadAllText(path);
        var place = text.IndexOf(was, text.IndexOf(after, StringComparison.Ordinal) + after.Length, StringComparison.Ordinal);
        File.WriteAllText(path, text[..place] + becomes + text[(place + was.Length)..]);
        _session.Run(measure).Fails("ResultInvalid");
    }

    [Fact]
    public void Results_have_places_that_scripts_can_ask_for()
    {
        _session.Run("$n = Get-LapeNeurons $s -Model $demo; $m = $n | Measure-LapePerplexity -Corpus $texts -Language fr, zh -Controls None; $c = Compare-LapeMask $n $n").Clean();
        Assert.Equal(["none", "fr", "zh"], _session.Run("0..2 | ForEach-Object { $m.Rows[$_].Mask }").Clean().Select(r => r.ToString()));
        Assert.Equal(["zh", "8", "True", "fr", "fr"], _session.Run(
            "$m.Texts[1], $m.Rows[1].RowNll[1].Count, ($m.Rows[2].ValuesChanged[1] -gt 0), $c.LanguagesA[2], $c.LanguagesB[2]").Clean().Select(r => r.ToString()));
    }

    [Fact]
    public void An_ablation_is_one_table_of_rates_layers_and_owners()
    {
        var rows = _session.Run("Measure-LapeAblation $demo $s @{ zh = \"$texts/zh.txt\"; vi = \"$texts/vi.txt\" } -Language zh -Rate 0.001, 0.01, 0.05").Clean();
        Assert.Equal([.. Step("Rate", 0.001, 0.01, 0.05), .. Step("Layer", 0, 1, 2, 3, 4, 5), .. Step("Owners", 1, 2, 3, 4, 5, 6, 7)], rows.Select(r => (r.Text("Study"), r.Get<double>("Step"))));
        var rates = rows.Take(3).ToArray();
        Assert.True(rates[0].Get<int>("Neurons") < rates[1].Get<int>("Neurons") && rates[1].Get<int>("Neurons") < rates[2].Get<int>("Neurons"));
        Assert.True(rates[0].Get<double>("OwnChange") < rates[2].Get<double>("OwnChange"));
        Assert.True(rates[1].Get<double>("OwnChange") > 5 * Math.Abs(rates[1].Get<double>("OthersChange")));
        // Layers, and numbers of owners, divide the same neurons.
        Assert.Equal(rates[1].Get<int>("Neurons"), rows.Where(r => r.Text("Study") == "Layer").Sum(r => r.Get<int>("Neurons")));
        Assert.Equal(rates[1].Get<int>("Neurons"), rows.Where(r => r.Text("Study") == "Owners").Sum(r => r.Get<int>("Neurons")));
        Assert.All(rows, r => Assert.Equal(r.Get<int>("Neurons") == 0, r.Text("OwnChange") is null));
        _session.Run("Measure-LapeAblation (Get-LapeNeurons $s -Model $demo | Set-LapeMask -Language zh) $s $texts").Fails("ModelMismatch");
        _session.Run("Measure-LapeAblation $demo $s $texts -Study Rate -Rate 5").Fails("RateOutOfRange");

        static IEnumerable<(string?, double)> Step(string study, params double[] steps) => steps.Select(s => ((string?)study, s));
    }
}
