using LapeOps.Corpora;
using LapeOps.Engine.Tests.Support;
using LapeOps.Evaluation;
using LapeOps.Interventions;
using LapeOps.Masks;
using LapeOps.Perplexity;
using LapeOps.Profiling;
using LapeOps.Statistics;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps.Engine.Tests.Profiling;

/// <summary>The matrix and ablations against the same masks measured one by one.</summary>
public sealed class MatrixMeasurementTests
{
    // More layers than streams are kept, so that masks begin at their own layer or before it.
    private static readonly TinyModel Tiny = new() { Layers = 12 };

    [Fact]
    public void Every_row_is_what_its_mask_gives_alone()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var (_, texts) = Measured(folder, model);
        MatrixMask[] masks = [.. Enumerable.Range(0, Tiny.Layers).Select(layer => Mask($"from {layer}", layer, Tiny.Layers - 1))];
        var told = new List<MatrixProgress>();
        var matrix = MatrixMeasurement.Measure(model, texts, masks, progress: new Told(told));
        Assert.Equal(["xx", "yy"], matrix.Texts);
        Assert.Equal(masks.Select(m => m.Name).Prepend("none"), matrix.Rows.Select(r => r.Mask));
        for (var k = 0; k < texts.Count; k++)
        {
            Assert.Equal(HeldOutPerplexity.Measure(new ModelView(model), texts[k]).RowNll, matrix.Rows[0].RowNll[k]);
            for (var i = 0; i < masks.Length; i++)
            {
                var alone = HeldOutPerplexity.Measure(new ModelView(model, Intervention.Zero(Tiny.Layers, Tiny.Width, masks[i].Neurons.All()), masks[i].Name), texts[k]);
                Assert.Equal(alone.RowNll, matrix.Rows[i + 1].RowNll[k], (a, b) => Math.Abs(a - b) < 1e-6);
                Assert.Equal(alone.Proof!.ValuesChanged, matrix.Rows[i + 1].ValuesChanged![k]);
                Assert.Equal(alone.Proof.Neurons, matrix.Rows[i + 1].Neurons);
                Assert.NotEqual(matrix.Nll(0, k), matrix.Nll(i + 1, k));
            }
        }
        Assert.Equal(2 * 3 * (masks.Length + 1), told[^1].RowsDone);
        Assert.Equal(TimeSpan.Zero, told[^1].Left);
        Assert.Null(matrix.Rows[0].ValuesChanged);
    }

    [Fact]
    public void A_mask_that_changes_nothing_anywhere_is_an_error_and_stopping_ends_it()
    {
        using var folder = new TempFolder();
        var weights = Tiny.Weights();
        // A gate row of zeros makes an activation that is exactly 0.
        Array.Clear(weights["model.layers.3.mlp.gate_proj.weight"].Values, 0, Tiny.Hidden);
        CheckpointWriter.Write(folder["silent"], Tiny.Config(), weights);
        ByteTokenizer.Write(folder["silent"]);
        using var model = LanguageModel.Open(folder["silent"], "cpu");
        var (_, texts) = Measured(folder, model);
        var silent = new MatrixMask("silent", MatrixRowKind.Language, "xx", One((3, 0)));
        var refused = Assert.Throws<LapeException>(() => MatrixMeasurement.Measure(model, texts, [silent]));
        Assert.Equal("MaskWithoutEffect", refused.ErrorId);
        Assert.Contains("'silent'", refused.Message, StringComparison.Ordinal);
        var allowed = MatrixMeasurement.Measure(model, texts, [silent], allowNoOp: true);
        Assert.Equal([0, 0], allowed.Rows[1].ValuesChanged!);
        Assert.Equal([0, 0], allowed.Texts.Select((_, k) => allowed.Change(1, k)));
        Assert.Throws<OperationCanceledException>(() => MatrixMeasurement.Measure(model, texts, [silent], stop: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void An_ablation_has_a_row_for_each_step_with_or_without_neurons()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var (_, texts) = Measured(folder, model);
        var none = new NeuronMask(Tiny.Layers, Tiny.Width, ["xx"], [NeuronMask.ByLayer(Tiny.Layers, [])]);
        var rows = AblationMeasurement.Measure(model, texts,
            [new(AblationStudy.Layer, 0, "xx", none), new(AblationStudy.Layer, 1, "xx", One((1, 2), (1, 5))), new(AblationStudy.Layer, 1, "zz", One((1, 2), (1, 5)))]);
        Assert.Equal(new AblationRow(AblationStudy.Layer, 0, "xx", 0, null, null, 0), rows[0]);
        var (x, y) = (Change(texts[0]), Change(texts[1]));
        Assert.Equal(("xx", 2), (rows[1].Language, rows[1].Neurons));
        Assert.Equal(x, rows[1].OwnChange!.Value, 1e-6);
        Assert.Equal(y, rows[1].OthersChange!.Value, 1e-6);
        // Without a text of its own, all are the others'.
        Assert.Null(rows[2].OwnChange);
        Assert.Equal((x + y) / 2, rows[2].OthersChange!.Value, 1e-6);
        Assert.Equal(2L * 2 * 3 * 16, rows[1].ValuesChanged);

        double Change(TokenRows text) =>
            HeldOutPerplexity.Measure(new ModelView(model, Intervention.Zero(Tiny.Layers, Tiny.Width, [(1, 2), (1, 5)]), "m"), text).Nll
            - HeldOutPerplexity.Measure(new ModelView(model), text).Nll;
    }

    [Fact]
    public void Likelihoods_from_parts_of_the_vocabulary_are_those_of_all_of_it()
    {
        var model = DemoModel.Required();
        using var scope = torch.NewDisposeScope();
        var ids = Values.Tensor([.. Enumerable.Range(1, 20).Select(seed => Values.Ids(128, seed))]); // [rows, tokens]
        var hidden = model.Transformer.Hidden(ids, Attending.WholeRows(model.Shape, 128, model.Device), FeedForwardTap.None);
        var expected = -model.Transformer.Logits(hidden).log_softmax(2).gather(2, ids.unsqueeze(2)).squeeze(2);
        var nll = model.Transformer.NegativeLogLikelihood(hidden, ids);
        Assert.Equal([20, 128], nll.shape);
        Assert.True((nll - expected).abs().max().item<float>() < 2e-5);
    }

    private static MatrixMask Mask(string name, int first, int last) => new(name, MatrixRowKind.Language, "xx", One((first, 4), (first, 9), (last, 1)));

    private static NeuronMask One(params (int, int)[] neurons) => new(Tiny.Layers, Tiny.Width, ["xx"], [NeuronMask.ByLayer(Tiny.Layers, neurons)]);

    private static (ActivationStatistics, IReadOnlyList<TokenRows>) Measured(TempFolder folder, LanguageModel model)
    {
        foreach (var (name, step) in new[] { ("xx", 1), ("yy", 5) })
            folder.WriteText($"corpora/{name}.txt", string.Concat(Enumerable.Range(0, 330).Select(i => (char)('a' + (i * i * step % 23)))));
        var corpus = Corpus.FromPaths([folder["corpora"]]);
        var statistics = ActivationProfiler.Measure(model, ProfilePlan.Make(model, corpus, new ProfileOptions { Context = 16, HoldOut = 3 }));
        return (statistics, HeldOutPerplexity.Rows(model, statistics, corpus));
    }

    private sealed class Told(List<MatrixProgress> told) : IProgress<MatrixProgress>
    {
        public void Report(MatrixProgress value) => told.Add(value);
    }
}
