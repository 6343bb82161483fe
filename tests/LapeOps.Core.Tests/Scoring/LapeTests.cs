using LapeOps.Scoring;

namespace LapeOps.Core.Tests.Scoring;

public class LapeTests
{
    [Fact]
    public void A_case_worked_by_hand()
    {
        // p of six neurons in two languages with n = 10: N = 12 values, sorted 0 0 0 .1 .1 .2 .5 .5 .5 .8 .9 1.
        var counts = Counts(2, 3, [10, 10], [9, 5, 0, 1, 8, 0], [0, 5, 0, 5, 2, 10]);
        // q(0.75) is the 9th, 0.5; candidates are above it: neurons 0 (.9 0), 4 (.8 .2), 5 (0 1); H = 0, 0.5004, 0.
        var found = Lape.Score(counts, new LapeOptions(0.5, 0.75, 0.25));
        Assert.Equal(0.5f, found.Cut);
        Assert.Equal(0f, found.Bar); // the 3rd
        Assert.Equal([(0, 0), (1, 1), (1, 2)], found.Neurons.Select(n => (n.Layer, n.Neuron)));
        Assert.Equal([0f, 0.5004024f, 0f], found.Neurons.Select(n => n.Score), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([[0], [0, 1], [1]], found.Neurons.Select(n => n.Owners.ToArray()));
        Assert.Equal([0.8f, 0.2f], found.Neurons[1].Probabilities);
        Assert.Equal((2, 2), (found.ToMask().Count("l0"), found.ToMask().Count("l1")));
        // With room for one only, the tie of H = 0 goes to the lower index.
        Assert.Equal([(0, 0)], Lape.Score(counts, new LapeOptions(0.2, 0.75, 0.25)).Neurons.Select(n => (n.Layer, n.Neuron)));
    }

    [Fact]
    public void At_rate_0_every_active_neuron_passes_and_no_silent_one()
    {
        var found = Lape.Score(Counts(1, 3, [10, 10], [1, 0, 5], [1, 0, 0]), new LapeOptions(1, 0, 0));
        Assert.Equal((0f, 0f), (found.Cut, found.Bar));
        Assert.Equal([0, 2], found.Neurons.Select(n => n.Neuron));
        Assert.Equal([[0, 1], [0]], found.Neurons.Select(n => n.Owners.ToArray()));
    }

    [Fact]
    public void At_rate_1_nothing_is_above_the_greatest_and_languages_keep_their_empty_rows()
    {
        var counts = Counts(1, 3, [10, 10], [1, 0, 5], [1, 0, 0]);
        Assert.Empty(Lape.Score(counts, new LapeOptions(1, 1, 0)).Neurons);
        var found = Lape.Score(counts, new LapeOptions(1, 0, 1));
        Assert.All(found.Neurons, n => Assert.Empty(n.Owners));
        Assert.Equal(["l0", "l1"], found.ToMask().Languages);
        Assert.Equal(0, found.ToMask().DistinctCount);
        Assert.Equal([0, 2], found.SelectionMask().Union(0));
    }

    [Theory]
    [InlineData(1, 3, 40, 2, 5)]
    [InlineData(2, 7, 33, 7, 3)]
    [InlineData(3, 5, 1000, 3, 20)]
    [InlineData(4, 2, 70_000, 4, 1_000_000)]
    [InlineData(5, 1, 65_536, 1, 50)]
    [InlineData(6, 3, 500, 5, 1_000_000_000_000)]
    public void Random_counts_with_ties_are_scored_as_by_sorting(int seed, int layers, int width, int languages, long most)
    {
        var random = new Random(seed);
        var tokens = Enumerable.Range(0, languages).Select(_ => most + random.NextInt64(most)).ToArray();
        var overZero = tokens.Select(n => Enumerable.Range(0, layers * width).Select(_ => random.Next(3) == 0 ? 0 : random.NextInt64(n + 1)).ToArray()).ToArray();
        var counts = Counts(layers, width, tokens, overZero);
        foreach (var options in new LapeOptions[] { new(), new(0.3, 0.5, 0.7), new(1, 0.01, 1), new(0.05, 0.999, 0) })
        {
            var found = Lape.Score(counts, options);
            var (selected, cut, bar) = BySorting(overZero, tokens, options);
            Assert.Equal((cut, bar), (found.Cut, found.Bar));
            Assert.Equal(selected, found.Neurons.Select(n => (n.Layer * width + n.Neuron, string.Join(' ', n.Owners))));
        }
    }

    /// <summary>METHOD.md's five steps as they stand there.</summary>
    private static ((int, string)[] Selected, float Cut, float Bar) BySorting(long[][] overZero, long[] tokens, LapeOptions options)
    {
        var p = overZero.Select((o, k) => o.Select(v => (float)v / (float)tokens[k]).ToArray()).ToArray();
        var sorted = p.SelectMany(v => v).Order().ToArray();
        float Quantile(double rate) => (int)Math.Round(rate * sorted.Length) is var rank && rank == 0 ? 0 : sorted[rank - 1];
        var (cut, bar) = (Quantile(options.FilterRate), Quantile(options.OwnerRate));
        var size = p[0].Length;
        var selected = Enumerable.Range(0, size).Where(j => p.Any(v => v[j] > cut)).OrderBy(Entropy).ThenBy(j => j).Take((int)Math.Round(options.TopRate * size));
        return ([.. selected.Order().Select(j => (j, string.Join(' ', Enumerable.Range(0, p.Length).Where(k => p[k][j] > bar))))], cut, bar);

        float Entropy(int j)
        {
            var sum = p.Aggregate(0f, (s, v) => s + v[j]);
            return p.Select(v => v[j] / sum).Aggregate(0f, (h, q) => q > 0 ? h - q * MathF.Log(q) : h);
        }
    }

    [Fact]
    public void Entropy_is_0_where_nothing_is_active_and_ln_k_where_all_are_alike()
    {
        var entropy = Lape.Entropy(Counts(1, 2, [4, 8, 16], [0, 1], [0, 2], [0, 4]));
        Assert.Equal(0f, entropy[0]);
        Assert.Equal(Math.Log(3), entropy[1], 1e-6);
    }

    [Theory]
    [InlineData(0, 0.95, 0.95, "TopRate")]
    [InlineData(1.5, 0.95, 0.95, "TopRate")]
    [InlineData(double.NaN, 0.95, 0.95, "TopRate")]
    [InlineData(0.01, -0.1, 0.95, "FilterRate")]
    [InlineData(0.01, 95, 0.95, "FilterRate")]
    [InlineData(0.01, 0.95, 1.01, "OwnerRate")]
    public void Rates_outside_0_to_1_are_refused(double top, double filter, double owner, string name)
    {
        var error = Assert.Throws<LapeException>(() => Lape.Score(Counts(1, 1, [1], [1]), new LapeOptions(top, filter, owner)));
        Assert.Equal("RateOutOfRange", error.ErrorId);
        Assert.StartsWith(name, error.Message);
    }

    [Fact]
    public void Counts_that_cannot_be_are_refused()
    {
        foreach (var wrong in new Func<ActivationCounts>[]
        {
            () => Counts(1, 3, [10], [1, 2, 11]),
            () => Counts(1, 3, [10], [-1, 2, 3]),
            () => Counts(1, 9, [10], [0, 0, 0, 0, 0, 0, 0, 0, long.MinValue]),
            () => Counts(1, 3, [0], [0, 0, 0]),
            () => Counts(1, 3, [long.MaxValue], [0, 0, long.MaxValue]),
            () => Counts(1, 3, [10], [1, 2]),
            () => Counts(1, 3, [10, 10], [1, 2, 3]),
            () => Counts(0, 3, [10], []),
        })
            Assert.Equal("CountsInvalid", Assert.Throws<LapeException>(wrong).ErrorId);
    }

    private static ActivationCounts Counts(int layers, int width, long[] tokens, params long[][] overZero) =>
        new(layers, width, [.. tokens.Select((_, k) => $"l{k}")], [.. overZero.Select(o => new ReadOnlyMemory<long>(o))], tokens);
}
