using LapeOps.Corpora;
using LapeOps.Engine.Tests.Support;
using LapeOps.Interventions;
using LapeOps.Perplexity;
using LapeOps.Profiling;
using LapeOps.Statistics;

namespace LapeOps.Engine.Tests.Profiling;

public sealed class HeldOutPerplexityTests
{
    private static readonly TinyModel Tiny = new() { Layers = 2 };

    [Theory]
    [InlineData(RowStart.Auto)]
    [InlineData(RowStart.None)]
    public void It_is_that_of_a_plain_computation_on_the_rows_held_out(RowStart rowStart)
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var (statistics, corpus) = Measured(folder, model, rowStart);
        var rows = Assert.Single(HeldOutPerplexity.Rows(model, statistics, corpus));
        Assert.Equal(3, rows.Rows.HeldOutRows);
        (int, int)[] neurons = [(0, 4), (1, 30)];
        Check(new ModelView(model), null);
        Check(new ModelView(model, Intervention.Zero(Tiny.Layers, Tiny.Width, neurons), "two"), (layer, neuron, a) => neurons.Contains((layer, neuron)) ? 0 : a);

        void Check(ModelView view, Func<int, int, double, double>? edit)
        {
            var measured = HeldOutPerplexity.Measure(view, rows);
            var expected = Enumerable.Range(rows.Rows.CountedRows, rows.Rows.HeldOutRows).Select(row => Nll(rows, row, edit)).ToArray();
            Assert.Equal(expected, measured.RowNll, (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Equal(expected.Average(), measured.Nll, 1e-5);
            Assert.Equal(Math.Exp(measured.Nll), measured.Perplexity);
            Assert.Equal((view.Name, "xx"), (measured.View, measured.Language));
            Assert.Equal(edit is null ? null : neurons.Length * 3L * rows.Plan.Context, measured.Proof?.ValuesChanged);
        }
    }

    [Fact]
    public void A_mask_that_changes_nothing_is_an_error_unless_a_no_op_is_allowed()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var (statistics, corpus) = Measured(folder, model);
        var rows = HeldOutPerplexity.Rows(model, statistics, corpus)[0];
        var idle = new ModelView(model, Intervention.Of(Tiny.Layers, Tiny.Width, [new NeuronEdit([new(0, 0, ["xx"])], InterventionMode.Add, 0)], new ActivationMeans(statistics)), "idle");
        var refused = Assert.Throws<LapeException>(() => HeldOutPerplexity.Measure(idle, rows));
        Assert.Equal("MaskWithoutEffect", refused.ErrorId);
        Assert.Contains("'idle'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, HeldOutPerplexity.Measure(idle, rows, allowNoOp: true).Proof!.ValuesChanged);
    }

    [Fact]
    public void Changed_texts_and_another_reading_of_them_are_refused()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var (statistics, corpus) = Measured(folder, model);
        Refused("CorpusChanged", corpus with { Reading = new(DocumentKind.Line) });
        File.AppendAllText(folder["corpora/xx.txt"], "!");
        Assert.Contains("'xx'", Refused("CorpusChanged", corpus), StringComparison.Ordinal);
        File.Move(folder["corpora/xx.txt"], folder["corpora/yy.txt"]);
        Refused("LanguageUnknown", Corpus.FromPaths([folder["corpora"]]));

        string Refused(string errorId, Corpus given)
        {
            var refused = Assert.Throws<LapeException>(() => HeldOutPerplexity.Rows(model, statistics, given));
            Assert.Equal(errorId, refused.ErrorId);
            return refused.Message;
        }
    }

    [Fact]
    public void Statistics_of_another_model_are_refused_with_both_names()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        using var other = (Tiny with { Seed = 2 }).Open(folder, tokenizer: true);
        var (statistics, corpus) = Measured(folder, model);
        var refused = Assert.Throws<LapeException>(() => HeldOutPerplexity.Rows(other, statistics, corpus));
        Assert.Equal("ModelMismatch", refused.ErrorId);
        Assert.Contains("'tiny-1'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'tiny-2'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_rows_held_out_there_is_nothing_to_measure()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var (statistics, corpus) = Measured(folder, model, holdOut: 0);
        Assert.Equal("HeldOutNone", Assert.Throws<LapeException>(() => HeldOutPerplexity.Rows(model, statistics, corpus)).ErrorId);
    }

    private static (ActivationStatistics, Corpus) Measured(TempFolder folder, LanguageModel model, RowStart rowStart = RowStart.Auto, int holdOut = 3)
    {
        folder.WriteText("corpora/xx.txt", string.Concat(Enumerable.Range(0, 330).Select(i => (char)('a' + (i * i % 23)))));
        var corpus = Corpus.FromPaths([folder["corpora"]]);
        var options = new ProfileOptions { Context = 16, HoldOut = holdOut, RowStart = rowStart };
        return (ActivationProfiler.Measure(model, ProfilePlan.Make(model, corpus, options)), corpus);
    }

    // The row start is not predicted; without one, the first text token is not.
    private static double Nll(TokenRows rows, int row, Func<int, int, double, double>? edit)
    {
        var ids = new long[rows.Plan.Context];
        rows.Fill(ids, row, 1);
        var logits = new PlainLlama(Tiny, Tiny.Weights()).Forward(Array.ConvertAll(ids, id => (int)id), edit);
        var first = Math.Max(1, rows.Plan.RowStart.Count);
        return Enumerable.Range(first, ids.Length - first).Average(at => -Math.Log(PlainLlama.Softmax(logits[at - 1])[ids[at]]));
    }
}
