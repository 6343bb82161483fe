using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Measure-LapePerplexity.</summary>
public sealed class PerplexityTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void The_unmodified_model_is_always_measured_and_changes_are_against_it()
    {
        var results = _session.Run("$v = Get-LapeNeurons $s | Set-LapeMask -Model $demo -Language zh; $v | Measure-LapePerplexity -Statistics $s -Corpus $texts -Language zh, vi").Clean();
        Assert.Equal(["none vi", "none zh", "zh vi", "zh zh"], results.Select(r => $"{r.Text("Mask")} {r.Text("Language")}"));
        Assert.All(results.Take(2), r => Assert.True(r.Get<double>("NllChange") == 0 && r.Text("ValuesChanged") is null));
        Assert.All(results.Skip(2), r => Assert.True(r.Get<long>("ValuesChanged") > 0));
        Assert.Equal(results[3].Get<double>("Nll") - results[1].Get<double>("Nll"), results[3].Get<double>("NllChange"));
        Assert.All(results, r => Assert.Equal(Math.Exp(r.Get<double>("Nll")), r.Get<double>("Perplexity")));
        Assert.All(results, r => Assert.Equal(r.Get<double>("Nll"), r.Get<double[]>("RowNll").Average(), 12));
        Assert.All(results, r => Assert.Equal(8, r.Get<int>("Rows")));
    }

    [Fact]
    public void Other_text_than_was_counted_is_refused()
    {
        var text = module.New("vi.txt");
        File.WriteAllText(text, File.ReadAllText(Path.Combine(RepositoryFiles.Texts, "vi.txt")) + "thêm");
        Assert.Contains("'vi'", _session.Run("Measure-LapePerplexity $demo $s $text", ("text", text)).Fails("CorpusChanged"), StringComparison.Ordinal);
        Assert.Contains("en, es, fr", _session.Run("Measure-LapePerplexity $demo $s @{ de = $text }").Fails("LanguageUnknown"), StringComparison.Ordinal);
        _session.Run("Measure-LapePerplexity $demo $s $texts -Language de").Fails("LanguageUnknown");
    }

    [Fact]
    public void Without_held_out_rows_there_is_nothing_to_measure() =>
        _session.Run("""
            $corpus = "$texts/vi.txt", "$texts/zh.txt"
            $none = Measure-LapeActivation $demo $corpus -Context 64 -MaxTokens 700 -HoldOut 0
            Measure-LapePerplexity $demo $none $corpus
            """).Fails("HeldOutNone");

    [Fact]
    public void A_closed_model_is_one_clear_error() =>
        Assert.Contains("Open-LapeModel", _session.Run("$m = Open-LapeModel $demo; Close-LapeModel $m; $m | Measure-LapePerplexity -Statistics $s -Corpus $texts -Language vi").Fails("ModelClosed"), StringComparison.Ordinal);
}
