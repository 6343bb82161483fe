using System.Text.Json;
using System.Text.RegularExpressions;

namespace LapeOps.PowerShell.Tests;

/// <summary>Export-LapeReport.</summary>
public sealed partial class ReportTests(ModuleFixture module) : IDisposable
{
    // Results whose types scripts have no name for.
    private const string Made = """
        $summary = Get-LapeNeurons $s | Export-LapeReport $path -PassThru -WhatIf
        $core = $summary.GetType().Assembly
        $row = $core.GetType('LapeOps.Evaluation.AblationRow')
        $ablation = $row::new('Rate', 1, 'zh', 3, 0.5, $null, 9), $row::new('Layer', 2, 'zh', 1, 0.25, 0.125, 9)
        $none = 'LanguageStability', 'StabilityPoint' | ForEach-Object { , [Array]::CreateInstance($core.GetType("LapeOps.Evaluation.$_"), 0) }
        $stability = $core.GetType('LapeOps.Evaluation.MaskStability')::new($none[0], $none[1])
        """;

    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Whatever_comes_in_whatever_order_is_in_one_report()
    {
        var path = module.New("report");
        _session.Run(Made, ("path", path)).Clean();
        var files = _session.Run("""
            $n = Get-LapeNeurons $s -Model $demo
            $answers = @($n | Set-LapeMask -Language zh) + (Open-LapeModel $demo) | Invoke-LapeGenerate -Prompt '文件', '<b>' -MaxTokens 2
            $answers[0], $ablation[0], $stability, $n, $ablation[1], $answers[1..3], $null | Export-LapeReport $path -Title 'A <run>'
            """).Clean().Select(f => f.Get<string>("FullName")).ToArray();
        Assert.Equal(Directory.GetFiles(path).Order(), files.Order());
        Assert.Equal(["ablation.csv", "examples.csv", "languages.csv", "neurons-by-layer.csv", "overlap.csv", "provenance.csv", "report.html", "report.json", "stability-curve.csv", "stability.csv"],
            files.Select(f => Path.GetFileName(f)).Order());

        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "report.json")));
        var tables = json.RootElement.GetProperty("tables");
        int Rows(string table) => tables.GetProperty(table).GetProperty("rows").GetArrayLength();
        Assert.Equal((2, 4, 7), (Rows("ablation"), Rows("examples"), Rows("languages")));
        var neurons = tables.GetProperty("neurons-by-layer").GetProperty("rows").EnumerateArray().Sum(r => r.GetProperty("Neurons").GetInt32());
        Assert.Equal(_session.Run("$n").Clean().Sum(n => n.List("Languages").Length), neurons);
        Assert.Contains(tables.GetProperty("provenance").GetProperty("rows").EnumerateArray(), r => r.GetProperty("Name").GetString() == "model_name" && r.GetProperty("Value").GetString() == "demo");
        Assert.Contains("<title>A &lt;run&gt;</title>", File.ReadAllText(Path.Combine(path, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_alone_give_what_was_counted()
    {
        var path = module.New("report");
        _session.Run("Measure-LapeActivation $demo $texts -Context 128 -OutPath $s | Export-LapeReport $path", ("path", path)).Clean();
        Assert.Equal(["languages.csv", "provenance.csv", "report.html", "report.json"], Directory.GetFiles(path).Select(f => Path.GetFileName(f)).Order());
        Assert.Matches("^Language,Neurons,Percent,Only,Tokens,CorpusSha256\nen,,,,[0-9]+,[0-9a-f]{64}\n", File.ReadAllText(Path.Combine(path, "languages.csv")));
    }

    [Fact]
    public void WhatIf_writes_nothing_and_PassThru_shows_a_bar_for_each_layer()
    {
        var path = module.New("report");
        var summary = _session.Run("Get-LapeNeurons $s | Export-LapeReport $path -PassThru -WhatIf", ("path", path)).Single();
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
        _session.Set("summary", summary);
        var layers = _session.Run("(Get-LapeModel $demo).Layers").Single().BaseObject;
        Assert.Equal(layers, _session.Run("$summary.ToText(60, $false) -split \"`n\"").Clean().Count(l => Bar().IsMatch(l.ToString())));
    }

    [Fact]
    public void What_has_no_place_comes_twice_or_not_at_all_is_refused_and_writes_nothing()
    {
        var path = module.New("report");
        _session.Run(Made, ("path", path)).Clean();
        Assert.Contains("Hashtable", _session.Run("@{} | Export-LapeReport $path").Fails("InputUnexpected"), StringComparison.Ordinal);
        _session.Run("'text' | Export-LapeReport $path").Fails("InputUnexpected");
        _session.Run("$own = [Collections.ArrayList]::new(); $null = $own.Add($own); , $own | Export-LapeReport $path").Fails("InputUnexpected");
        _session.Run("$stability, $stability | Export-LapeReport $path").Fails("ReportInputSeveral");
        _session.Run("@() | Export-LapeReport $path").Fails("ReportEmpty");
        _session.Run("$null | Export-LapeReport $path").Fails("ReportEmpty");
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    // Layer, neurons, and a bar where there are some.
    [GeneratedRegex("^ +[0-9]+ +[0-9]+( #+)?$")]
    private static partial Regex Bar();
}
