using LapeOps.Evaluation;
using LapeOps.Masks;
using LapeOps.Scoring;
using LapeOps.Statistics;

namespace LapeOps.Core.Tests.Scoring;

/// <summary>Controls of a perplexity matrix: sizes, activity, what they avoid.</summary>
public class MatchedControlsTests
{
    private const int Layers = 3, Width = 400, Tokens = 10_000;

    // Activities in no order, different in each layer and language.
    private static readonly ActivationStatistics Statistics = new(Identity(), [.. new[] { "en", "zh", "xx" }.Select(Activation)]);

    private static readonly NeuronMask Mask = new(Layers, Width, ["en", "zh", "xx"],
        [[[3, 50, 51], [], [7, 8]], [[10, 20, 30, 40, 60, 70], [5], [1]], [[], [], []]]);

    private static readonly NeuronMask Excluded = new(Layers, Width, ["selected"], [[[3, 10, 20, 30, 40, 50, 51, 60, 70, 80], [5, 6], [1, 7, 8, 9]]]);

    [Fact]
    public void Of_each_layer_are_as_many_and_none_of_the_selection()
    {
        foreach (var controls in new[] { MatrixControls.PerLanguage, MatrixControls.Activity })
        {
            var masks = MatrixMask.Of(Mask, Excluded, controls, Statistics, seed: 5);
            Assert.Equal(["en", "zh", "random 1 (en)", "random 2 (en)", "random 3 (en)", "random 1 (zh)", "random 2 (zh)", "random 3 (zh)"], masks.Select(m => m.Name));
            foreach (var control in masks.Where(m => m.Kind == MatrixRowKind.Control))
                for (var layer = 0; layer < Layers; layer++)
                {
                    Assert.Equal(Mask.Neurons(control.Language!, layer).Length, control.Neurons.Union(layer).Length);
                    Assert.Empty(control.Neurons.Union(layer).Intersect(Excluded.Union(layer)));
                }
            // A seed each, and the same again for the same seed.
            Assert.Equal(6, masks.Skip(2).Select(Text).Distinct().Count());
            Assert.Equal(masks.Select(Text), MatrixMask.Of(Mask, Excluded, controls, Statistics, seed: 5).Select(Text));
        }
    }

    [Fact]
    public void Shared_ones_have_the_mean_size_by_layer_and_in_all()
    {
        var masks = MatrixMask.Of(Mask, Excluded, MatrixControls.Shared, Statistics, seed: 0);
        Assert.Equal(["en", "zh", "random 1", "random 2", "random 3"], masks.Select(m => m.Name));
        // Of 3 and 6, 0 and 1, 2 and 1: 4.5, 0.5 and 1.5, of which the total 6.5 rounds to 6 and the first layer gets what is over.
        Assert.All(masks.Skip(2), m => Assert.Equal([5, 0, 1], Enumerable.Range(0, Layers).Select(layer => m.Neurons.Union(layer).Length)));
        Assert.All(masks.Skip(2), m => Assert.Null(m.Language));
        Assert.Equal(["en", "zh"], MatrixMask.Of(Mask, Excluded, MatrixControls.None, Statistics, seed: 0).Select(m => m.Name));
    }

    [Fact]
    public void By_activity_each_is_among_the_nearest_that_are_free()
    {
        var drawn = RandomNeurons.DrawByActivity(Mask, Excluded, Statistics, seed: 9);
        foreach (var language in Mask.Languages)
            for (var layer = 0; layer < Layers; layer++)
            {
                var counts = Statistics[language].OverZero.Slice(layer * Width, Width).ToArray();
                var free = Enumerable.Range(0, Width).Except(Excluded.Union(layer)).ToArray();
                var neurons = Mask.Neurons(language, layer).ToArray();
                var controls = drawn.Neurons(language, layer).ToArray();
                Assert.Equal(controls.Length, controls.Distinct().Count());
                // Each neuron may have taken one of the nearest from the others.
                var within = neurons.SelectMany(n => free.OrderBy(f => Math.Abs(counts[f] - counts[n])).Take(RandomNeurons.Nearest + neurons.Length - 1)).ToHashSet();
                Assert.All(controls, c => Assert.Contains(c, within));
            }
        var plain = RandomNeurons.Draw(Mask, Excluded, Width, seed: 9);
        Assert.True(Distance(drawn) < Distance(plain) / 10, $"{Distance(drawn)} and {Distance(plain)}");

        double Distance(NeuronMask controls) => Mask.Languages.Sum(l => Enumerable.Range(0, Layers).Sum(layer => Math.Abs(Activity(Mask, l, layer) - Activity(controls, l, layer))));

        double Activity(NeuronMask mask, string language, int layer) => mask.Neurons(language, layer).ToArray().Sum(n => (double)Statistics[language].OverZero.Span[(layer * Width) + n]);
    }

    [Fact]
    public void By_activity_all_that_is_free_can_be_drawn_and_not_one_more()
    {
        var excluded = new NeuronMask(Layers, Width, ["selected"], [[[.. Enumerable.Range(2, Width - 2)], [], []]]);
        var two = new NeuronMask(Layers, Width, ["zh"], [[[100, 200], [], []]]);
        Assert.Equal([0, 1], RandomNeurons.DrawByActivity(two, excluded, Statistics, seed: 1).Neurons("zh", 0).ToArray());
        var three = new NeuronMask(Layers, Width, ["zh"], [[[100, 200, 300], [], []]]);
        var refused = Assert.Throws<LapeException>(() => RandomNeurons.DrawByActivity(three, excluded, Statistics, seed: 1));
        Assert.Equal("RandomNeuronsDoNotFit", refused.ErrorId);
        Assert.Contains("'zh' needs 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_without_a_neuron_has_no_matrix() => Assert.Equal("MaskEmpty",
        Assert.Throws<LapeException>(() => MatrixMask.Of(Mask.Select(["xx"]), Excluded, MatrixControls.Shared, Statistics, 0)).ErrorId);

    private static string Text(MatrixMask mask) => string.Join(' ', mask.Neurons.All());

    private static LanguageActivation Activation(string language)
    {
        var random = new Random(language[0]);
        var counts = Enumerable.Range(0, Layers * Width).Select(_ => random.NextInt64(Tokens + 1)).ToArray();
        return new(language, new LanguageRows("", Tokens, 0, 100, 8, 10), 10, Tokens, counts, new uint[8 * Layers * Width], null);
    }

    private static StatisticsIdentity Identity() => new("f", "m", "", Layers, Width, 4, 100, [], 8, Tokens, 10, "File", "Float32", "cpu", Sums: false, "1");
}
