using System.Management.Automation;

namespace LapeOps.PowerShell.Tests;

/// <summary>Measure-LapeSteering.</summary>
public sealed class SteeringTests(ModuleFixture module) : IDisposable
{
    private const string Few = "-MaxTokens 8 -Detector Low";
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Neurons_from_the_pipeline_bring_model_and_statistics_and_a_file_the_questions()
    {
        var file = module.New("questions.txt");
        File.WriteAllText(file, "\uFEFFThe menu\r\n\r\n  \r\nHow do I open a file?\r\nThe cell");
        var table = _session.Run($"Get-LapeNeurons $s -Model $demo | Measure-LapeSteering $texts $questions -Target zh, ja -Method None, Residual {Few}", ("questions", file)).Single();
        var rows = Items(table, "Rows");
        Assert.Equal(["none zh", "residual zh", "none ja", "residual ja"], rows.Select(r => $"{r.Text("Method")} {r.Text("Target")}"));
        Assert.Equal(7, table.List("Languages").Length);
        Assert.Equal(2, rows[1].Get<PSObject>("OnTarget").Get<int>("Of"));
        Assert.Equal(2, rows[1].Get<PSObject>("OnTarget").Get<int>("Count"));
        Assert.Equal("100 % (34-100)", rows[1].Text("OnTarget"));
        var kept = _session.Run("[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($table, 4))", ("table", table)).Single();
        Assert.Equal(1, Items(kept, "Rows")[1].Get<PSObject>("OnTarget").Get<double>("Value"));
        Assert.Equal(["Q: The menu\nA:", "Q: How do I open a file?\nA:"], Items(table, "Answers").Take(2).Select(a => a.Text("Prompt")));
    }

    [Fact]
    public void A_mask_of_a_file_is_steered_with_as_well()
    {
        var mask = module.New("demo.json");
        var table = _session.Run($"Get-LapeNeurons $s -Model $demo | Export-LapeMask $mask; Measure-LapeSteering $texts 'The menu' -Mask $mask -Model $demo -Statistics $s -Target vi -Method Paper {Few}", ("mask", mask)).Single();
        Assert.True(Assert.Single(Items(table, "Rows")).Get<int>("Neurons") > 0);
    }

    [Theory]
    [InlineData("$n | Measure-LapeSteering $texts '' -Target zh", "QuestionMissing")]
    [InlineData("$n | Measure-LapeSteering $texts @() -Target zh", "QuestionMissing")]
    [InlineData("$n | Measure-LapeSteering $texts ' ', '' -Target zh", "QuestionMissing")]
    [InlineData("$n | Measure-LapeSteering $texts 'One?' -Target zh", "QuestionsTooFew")]
    [InlineData("$n | Measure-LapeSteering $texts ./nowhere.txt -Target zh", "FileNotFound")]
    [InlineData("$n | Measure-LapeSteering $texts $texts -Target zh", "FileNotFound")]
    [InlineData("$n | Measure-LapeSteering $texts 'One?', 'Two?' -Target en", "ParameterOutOfRange")]
    [InlineData("$n | Measure-LapeSteering $texts 'One?', 'Two?' -Target zh, zh", "ParameterOutOfRange")]
    [InlineData("$n | Measure-LapeSteering $texts 'One?', 'Two?' -Target zh -Strength 0", "ParameterOutOfRange")]
    [InlineData("$n | Measure-LapeSteering $texts 'One?', 'Two?' -Target de", "LanguageUnknown")]
    [InlineData("$n | Measure-LapeSteering $texts 'One?', 'Two?' -Source de", "LanguageUnknown")]
    [InlineData("$n | Measure-LapeSteering $texts/fr.txt 'One?', 'Two?' -Target zh", "LanguageUnknown")]
    [InlineData("$n | Where-Object { $_.Languages -notcontains 'zh' } | Measure-LapeSteering $texts 'One?' -Target zh -Method Paper -MaxTokens 2 -Detector Low", "MaskEmpty")]
    [InlineData("Measure-LapeSteering $texts 'One?', 'Two?' -Model $demo -Statistics $s", "NeuronMissing")]
    [InlineData("Measure-LapeSteering $texts 'One?', 'Two?' -Model $demo", "StatisticsMissing")]
    [InlineData("Get-LapeNeurons $s | Measure-LapeSteering $texts 'One?', 'Two?'", "ModelMissing")]
    [InlineData("Get-LapeNeurons $klingon -Model $demo | Measure-LapeSteering $words 'One?' -Source en -Method None", "LanguageUndetectable")]
    public void What_cannot_be_measured_is_said_before_anything_is_computed(string script, string errorId)
    {
        _session.Go(module.Folder);
        _session.Run("$words = @{ en = \"$texts/en.txt\"; klingon = \"$texts/id.txt\" }; $n = Get-LapeNeurons $s -Model $demo");
        if (script.Contains("$klingon", StringComparison.Ordinal))
            _session.Run("$klingon = Measure-LapeActivation $demo $words -Context 64 -MaxTokens 700").Clean();
        _session.Run(script).Fails(errorId);
    }

    [Theory]
    [InlineData("\"Rows\": [", "\"Rows\": [ null,")]
    [InlineData("\"Answers\": [", "\"Answers\": [ null,")]
    [InlineData("\"Target\": \"zh\"", "\"Target\": \"de\"")]
    [InlineData("\"Method\": \"paper\"", "\"Method\": \"prompt\"")]
    [InlineData("\"Of\": 1", "\"Of\": -1")]
    public void A_table_that_somebody_changed_is_not_gone_on_from(string was, string becomes)
    {
        var path = module.New("steering.json");
        var measure = $"Get-LapeNeurons $s -Model $demo | Measure-LapeSteering $texts 'One?' -Target zh -Method None, Paper {Few} -OutPath $path";
        _session.Run(measure, ("path", path)).Single();
        var text = File.ReadAllText(path);
        Assert.Contains(was, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(was, becomes, StringComparison.Ordinal));
        Assert.Contains("-Force", _session.Run(measure).Fails("ResultInvalid"), StringComparison.Ordinal);
        _session.Run($"{measure} -Force").Single();
        _session.Run(measure).Single();
    }

    [Fact]
    public void Without_sums_there_are_no_means_to_drive_with() =>
        Assert.Contains("-Sums All", _session.Run($$"""
            $pair = @{ en = "$texts/en.txt"; zh = "$texts/zh.txt" }
            $counts = Measure-LapeActivation $demo $pair -Context 64 -MaxTokens 700 -Sums None
            Get-LapeNeurons $counts -Model $demo | Measure-LapeSteering $pair 'One?' -Method Paper {{Few}}
            """).Fails("SumsMissing"), StringComparison.Ordinal);

    private static PSObject[] Items(PSObject item, string property) =>
        [.. LanguagePrimitives.GetEnumerable(item.Properties[property].Value).Cast<object>().Select(PSObject.AsPSObject)];
}
