using LapeOps.Scoring;
using LapeOps.Statistics;
using MathNet.Numerics.Statistics;

namespace LapeOps.Evaluation;

public sealed partial record MaskStability
{
    /// <summary>Bootstrap draws, unless another number is given.</summary>
    public const int DefaultDraws = 200;

    /// <summary>
    /// Selects neurons anew on parts of the corpus, by the blocks in the statistics. Parts of 1, 2, ... up to half of the blocks, the same for
    /// all languages, are compared with every part of the same size that shares no block with them: all pairs that there are (8 blocks: 28,
    /// 210, 280 and 35). A part is never compared with a whole that holds it. Where languages have different numbers of blocks, those of
    /// all are put together to as many as the fewest. For the bootstrap each language draws as many of its own blocks as it has, with replacement.
    /// </summary>
    /// <param name="statistics">Finished statistics of our own.</param>
    /// <param name="options">The rates, those of the mask in question.</param>
    /// <param name="seed">Of the bootstrap: the same seed gives the same numbers on every machine.</param>
    /// <param name="draws">Bootstrap draws.</param>
    /// <param name="stop">Ends between two selections.</param>
    /// <param name="progress">Told how many selections of how many are done.</param>
    /// <exception cref="LapeException">BlocksMissing, BlocksTooFew, StatisticsUnfinished, StatisticsInvalid, CountsInvalid, RateOutOfRange.</exception>
    public static MaskStability Of(
        ActivationStatistics statistics, LapeOptions options, ulong seed = 0, int draws = DefaultDraws, CancellationToken stop = default, Action<int, int>? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        options.Checked();
        LanguageBlocks[] blocks = [.. statistics.Activations.Select(a => LanguageBlocks.Of(a, statistics.Identity))];
        var parts = blocks.Min(b => b.Count);
        int[] chosen = [.. Enumerable.Range(1, (1 << parts) - 1).Where(bits => int.PopCount(bits) <= parts / 2)];
        var selection = new PartSelection(statistics.Layers, statistics.Width, blocks, options);
        var done = 0;
        var selected = chosen.ToDictionary(bits => bits, bits => Next(language => Enumerable.Range(0, parts).Where(part => (bits >> part & 1) == 1).SelectMany(part => language.Part(part, parts))));
        var random = new SplitMix64(seed);
        PartNeurons[] resampled = [.. Enumerable.Range(0, draws).Select(_ => Next(language => Enumerable.Range(0, language.Count).Select(_ => random.Below(language.Count)).ToArray()))];

        var whole = PartNeurons.Of(Lape.Score(ActivationCounts.Of(statistics), options), [.. statistics.Activations.Select(a => a.Tokens)]);
        var pairs = Pairs(chosen).ToArray();
        var curve = whole.Sets.SelectMany((set, k) => StabilityCurve.Points(set.Language, k, pairs, selected)).ToArray();
        var languages = whole.Sets.Select((set, k) =>
            Language(set, whole.Tokens[k], [.. resampled.Select(r => r.Sets[k].Size)], [.. curve.Where(p => p.Language == set.Language)], parts / 2));
        return new(languages.ToArray(), curve);

        PartNeurons Next(Func<LanguageBlocks, IEnumerable<int>> choose)
        {
            stop.ThrowIfCancellationRequested();
            var neurons = selection.Of(choose);
            progress?.Invoke(++done, chosen.Length + draws);
            return neurons;
        }
    }

    /// <summary>All pairs of parts of as many blocks that share none, each pair once.</summary>
    private static IEnumerable<(int Left, int Right)> Pairs(int[] parts) =>
        from left in parts
        from right in parts
        where left < right && (left & right) == 0 && int.PopCount(left) == int.PopCount(right)
        select (left, right);

    private static LanguageStability Language(NeuronSet whole, long tokens, double[] counts, StabilityPoint[] curve, int half)
    {
        Array.Sort(counts);
        var needed = StabilityCurve.TokensNeeded(curve);
        return new(whole.Language, tokens, whole.Size, curve.SingleOrDefault(p => p.Blocks == half)?.Jaccard,
            counts.Average(), counts.StandardDeviation(), Quantile(counts, 0.025), Quantile(counts, 0.975), needed, needed / curve.Select(p => p.Tokens).DefaultIfEmpty().Max());
    }

    // Linear between the two nearest values.
    private static double Quantile(double[] sorted, double rate) => SortedArrayStatistics.QuantileCustom(sorted, rate, QuantileDefinition.R7);
}
