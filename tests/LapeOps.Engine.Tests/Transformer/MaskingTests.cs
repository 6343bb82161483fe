using LapeOps.Engine.Tests.Support;
using LapeOps.GoldenRunner;
using LapeOps.Interventions;
using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.Engine.Tests.Transformer;

public sealed class MaskingTests
{
    private static readonly TinyModel Tiny = new();
    private static readonly int[] Ids = Values.Ids(24, seed: 7);
    private static readonly (int Layer, int Neuron)[] Neurons = [(0, 3), (0, 40), (1, 0), (2, 17), (2, 47)];

    [Fact]
    public void Masking_equals_zeroing_columns_of_the_down_projection()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var surgery = Tiny.Weights();
        foreach (var (layer, neuron) in Neurons)
            for (var row = 0; row < Tiny.Hidden; row++)
                surgery[$"model.layers.{layer}.mlp.down_proj.weight"].Values[(row * Tiny.Width) + neuron] = 0;
        CheckpointWriter.Write(folder["surgery"], Tiny.Config(), surgery);
        using var baked = LanguageModel.Open(folder["surgery"], "cpu");
        var masked = new ModelView(model, Intervention.Zero(Tiny.Layers, Tiny.Width, Neurons), "five");
        Assert.Equal(new ModelView(baked).LogitsOf(Ids), masked.LogitsOf(Ids));
        Assert.NotEqual(new ModelView(model).LogitsOf(Ids), masked.LogitsOf(Ids));
    }

    [Fact]
    public void Every_mode_is_what_its_name_says()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var (size, random) = (Tiny.Layers * Tiny.Width, new Random(3));
        long[] tokens = [10, 20, 50];
        double[] sums = [.. Enumerable.Range(0, 3 * size).Select(_ => 20 * (random.NextDouble() - 0.5))];
        var means = new ActivationMeans(GoldenStatistics.Of(Tiny.Layers, Tiny.Width, ["a", "b", "c"], tokens, new long[3 * size], sums));
        Check(["a"], InterventionMode.Constant, -1, (_, _) => -1);
        Check(["b"], InterventionMode.Replace, 1, (flat, _) => Mu(1, flat));
        Check(["b", "c"], InterventionMode.Replace, 2, (flat, _) => Mu(1, flat) + Mu(2, flat));
        Check(["a"], InterventionMode.Add, 1.5, (flat, a) => a + (1.5 * Mu(0, flat)));
        Check(["a"], InterventionMode.DiffMean, 0.5, (flat, a) => a + (0.5 * (Mu(0, flat) - ((Mu(1, flat) + Mu(2, flat)) / 2))));
        Check(["c", "a"], InterventionMode.DiffMean, 2, (flat, a) => a + Mu(2, flat) + Mu(0, flat) - (2 * Mu(1, flat)));

        double Mu(int k, int flat) => sums[(k * size) + flat] / tokens[k];

        void Check(string[] languages, InterventionMode mode, double amount, Func<int, double, double> edit)
        {
            var neurons = Neurons.Select(n => new EditedNeuron(n.Layer, n.Neuron, languages)).ToArray();
            var intervention = Intervention.Of(Tiny.Layers, Tiny.Width, [new NeuronEdit(neurons, mode, amount)], means);
            var expected = new PlainLlama(Tiny, Tiny.Weights()).Forward(Ids, (layer, neuron, a) => Neurons.Contains((layer, neuron)) ? edit((layer * Tiny.Width) + neuron, a) : a);
            Assert.InRange(Values.Off(expected, new ModelView(model, intervention, "edit").LogitsOf(Ids)), 0, 1e-5);
        }
    }

    [Fact]
    public void A_neuron_that_is_switched_off_and_driven_is_driven()
    {
        var mask = new NeuronMask(2, 4, ["off", "drive"], [[[1, 2], []], [[2], [3]]]);
        var both = Intervention.Of(2, 4, [NeuronEdit.Of(mask, ["off"], InterventionMode.Zero), NeuronEdit.Of(mask, ["drive"], InterventionMode.Constant, 5)], null);
        Assert.Equal([1, 2], both.Layer(0).Neurons);
        Assert.Equal([0f, 5f], both.Layer(0).Shift);
        Assert.Equal([2, 1], both.NeuronsPerLayer);
    }

    [Fact]
    public void What_cannot_be_driven_is_refused_by_name()
    {
        var statistics = GoldenStatistics.Of(1, 4, ["a"], [10], new long[4], new double[4]);
        var means = new ActivationMeans(statistics);
        Assert.Equal("LanguagesTooFew", Refused(InterventionMode.DiffMean, "a"));
        Assert.Equal("LanguageUnknown", Refused(InterventionMode.Replace, "b"));
        Assert.Equal("LanguageMissing", Refused(InterventionMode.Add));
        var counts = new ActivationStatistics(statistics.Identity, [statistics["a"] with { Sums = null }]);
        Assert.Equal("SumsMissing", Assert.Throws<LapeException>(() => new ActivationMeans(counts)).ErrorId);
        Assert.Equal("SumsMissing", Assert.Throws<LapeException>(() => means.ResidualDirection("a", "a", 0)).ErrorId);

        string Refused(InterventionMode mode, params string[] languages) =>
            Assert.Throws<LapeException>(() => Intervention.Of(1, 4, [new NeuronEdit([new(0, 1, languages)], mode)], means)).ErrorId;
    }

    [Fact]
    public void Random_controls_have_the_sizes_of_each_layer_avoid_the_selection_and_each_other()
    {
        var mask = new NeuronMask(2, 40, ["a", "b"], [[[1, 2, 3], [7]], [[3, 4], [8, 9]]]);
        var edits = NeuronEdit.Random(NeuronEdit.Steering(mask, ["a"], ["b"]), mask, 2, 40, seed: 5);
        // Neuron 3 of layer 0 is driven and not off.
        Assert.Equal([2, 1], PerLayer(edits[0]));
        Assert.Equal([2, 2], PerLayer(edits[1]));
        Assert.All(edits[1].Neurons, n => Assert.Equal(["b"], n.Languages));
        var all = edits.SelectMany(e => e.Neurons, (_, n) => (n.Layer, n.Neuron)).ToArray();
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Empty(all.Intersect(mask.All()));
        Assert.Equal(all, NeuronEdit.Random(NeuronEdit.Steering(mask, ["a"], ["b"]), mask, 2, 40, seed: 5).SelectMany(e => e.Neurons, (_, n) => (n.Layer, n.Neuron)));

        static int[] PerLayer(NeuronEdit edit) => [.. Enumerable.Range(0, 2).Select(layer => edit.Neurons.Count(n => n.Layer == layer))];
    }

    [Fact]
    public void The_residual_stream_is_shifted_at_the_input_of_one_block()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var (means, shift) = Residuals(layer: 1, alpha: 0.5);
        var view = new ModelView(model, Intervention.ResidualShift(Tiny.Layers, Tiny.Width, means, "a", "b", layer: 1, alpha: 0.5), "shift");
        var expected = new PlainLlama(Tiny, Tiny.Weights()).Forward(Ids, residual: (layer, i, x) => layer == 1 ? x + shift[i] : x);
        Assert.InRange(Values.Off(expected, view.LogitsOf(Ids)), 0, 1e-5);
        var answer = view.Answer(Ids, new() { MaxTokens = 3, StopAtEnd = false });
        Assert.Equal((0, Tiny.Hidden * (Ids.Length + 2)), (answer.Proof!.Neurons, answer.Proof.ValuesChanged));
        Assert.True(answer.Proof.KlDivergence > 0);
        Assert.Equal("LayerOutOfRange", Assert.Throws<LapeException>(() => means.ResidualDirection("a", "b", 3)).ErrorId);
        Assert.Equal("DirectionUndefined", Assert.Throws<LapeException>(() => means.ResidualDirection("a", "a", 1)).ErrorId);
    }

    // Sums of a residual stream, and alpha times the mean norm along the unit vector from a's mean to b's, worked out plainly.
    private static (ActivationMeans Means, double[] Shift) Residuals(int layer, double alpha)
    {
        var (random, size, hidden) = (new Random(11), Tiny.Layers * Tiny.Width, Tiny.Layers * Tiny.Hidden);
        long[] tokens = [4, 10];
        var sums = tokens.Select(_ => Enumerable.Range(0, hidden).Select(_ => random.NextDouble() - 0.5).ToArray()).ToArray();
        double[][] norms = [[1, 12, 3], [5, 40, 2]];
        var identity = StatisticsIdentity.OfCounts("tiny", Tiny.Layers, Tiny.Width) with { Hidden = Tiny.Hidden };
        var statistics = new ActivationStatistics(identity, [.. tokens.Select((n, k) => new LanguageActivation(k == 0 ? "a" : "b", new LanguageRows("", n, 0, 1, 0, 1), 1, n,
            new long[size], new uint[size], new ActivationSums(new double[size], new double[size], new double[size], sums[k], norms[k])))]);
        double[] difference = [.. Enumerable.Range(layer * Tiny.Hidden, Tiny.Hidden).Select(i => (sums[1][i] / tokens[1]) - (sums[0][i] / tokens[0]))];
        var scale = alpha * ((norms[0][layer] / tokens[0]) + (norms[1][layer] / tokens[1])) / 2 / Math.Sqrt(difference.Sum(d => d * d));
        return (new(statistics), [.. difference.Select(d => d * scale)]);
    }

    [Fact]
    public void A_view_of_another_shape_without_neurons_or_out_of_range_is_refused()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var mismatch = Assert.Throws<LapeException>(() => new ModelView(model, Intervention.Zero(2, 48, [(0, 1)]), "foreign"));
        Assert.Equal("ModelMismatch", mismatch.ErrorId);
        Assert.Contains("'foreign'", mismatch.Message, StringComparison.Ordinal);
        Assert.Contains($"'{model.Name}'", mismatch.Message, StringComparison.Ordinal);
        Assert.Equal("MaskEmpty", Assert.Throws<LapeException>(() => new ModelView(model, Intervention.Zero(3, 48, []), "empty")).ErrorId);
        Assert.Equal("NeuronOutOfRange", Assert.Throws<LapeException>(() => Intervention.Zero(3, 48, [(0, 48)])).ErrorId);
    }
}
