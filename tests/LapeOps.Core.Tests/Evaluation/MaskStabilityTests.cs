using LapeOps.Core.Tests.Statistics;
using LapeOps.Evaluation;
using LapeOps.Scoring;
using LapeOps.Statistics;

namespace LapeOps.Core.Tests.Evaluation;

public class MaskStabilityTests
{
    [Fact]
    public void A_case_worked_by_hand()
    {
        // Two blocks of ten positions, four neurons, half of them selected; owners are above the 4th smallest of 8 probabilities.
        // Block 1: H is 0, 0.35, ln 2, ln 2 and q = 0.5, so a owns 0 and 1; block 2: 0 and 2; both: 0 and, of the two that tie, 1. b owns none.
        var statistics = Statistics(1, 4, 1, (2, 2, [[9, 8, 5, 5], [9, 5, 8, 5]]), (2, 2, [[0, 1, 5, 5], [0, 5, 1, 5]]));
        var stability = MaskStability.Of(statistics, new LapeOptions(0.5, 0, 0.5));
        Assert.Equal(["l0", "l1", "any"], stability.Languages.Select(l => l.Language));
        Assert.Equal([(20, 2, 1 / 3.0), (20, 0, null), (40, 2, 1 / 3.0)], stability.Languages.Select(l => (l.Tokens, l.Neurons, l.SplitHalf)));
        Assert.All(stability.Languages, l => Assert.True(l.TokensNeeded is null && l.Extrapolation is null));
        Assert.Equal([new("l0", 1, 10, 1 / 3.0, null, 1), new("any", 1, 20, 1 / 3.0, null, 1)], stability.Curve);
    }

    // Expected numbers are those of a plain program in another language.
    [Fact]
    public void Random_blocks_give_the_numbers_of_another_program()
    {
        var stability = MaskStability.Of(Random(1, 19, 16, 11), new LapeOptions(0.2, 0.6, 0.7), seed: 7, draws: 50);
        Check(stability,
            [(2400, 10, 0.3524786324786324, 7.88, 1.2394863979133632, 6, 10, 383269.4187517654, 319.39118229313783),
             (2016, 9, 0.548377812663527, 10.54, 1.2969351627304018, 8, 13, 44103.66861444612, 43.753639498458455),
             (1376, 9, 0.592134532134532, 9.22, 1.1480240344493968, 7, 11.775, 8125.605808167336, 11.810473558382757),
             (5792, 24, 0.5631088130974911, 24, 0, 24, 24, 58496.71984339405, 20.1991435923322)],
            ["l0 1 300 28", "l0 2 600 210", "l0 3 900 280", "l0 4 1200 35", "l1 1 252 28", "l1 2 504 210", "l1 3 756 280", "l1 4 1008 35",
             "l2 1 172 28", "l2 2 344 210", "l2 3 516 280", "l2 4 688 35", "any 1 724 28", "any 2 1448 210", "any 3 2172 280", "any 4 2896 35"],
            [0.18216307502021786, 0.22588256981114158, 0.28814809694273974, 0.3524786324786324, 0.30943026379365396, 0.45956379754699095, 0.5062382913538374, 0.548377812663527,
             0.25276519115804835, 0.40986515701851894, 0.5124157092907098, 0.592134532134532, 0.2745010153430992, 0.4227356483037332, 0.5072671055921103, 0.5631088130974911],
            [0.12773231276177105, 0.11822795025906525, 0.09536606237752884, 0.10498428412164636, 0.11154706102827995, 0.09023659719749928, 0.07529421846162351, 0.06581890009815662,
             0.10010735840555003, 0.08761277770080167, 0.08652132263455345, 0.10390612891044954, 0.0650702249692748, 0.06478646319887406, 0.05530369033546599, 0.060326862901353286]);
    }

    [Fact]
    public void Languages_of_fewer_blocks_set_the_number_of_parts_for_all() =>
        Check(MaskStability.Of(Random(2, 19, 5, 11), new LapeOptions(0.2, 0.6, 0.7), seed: 7, draws: 50),
            [(2400, 9, 0.20613553113553115, 8.72, 1.4147906746445655, 6.225, 11.775, 571430250658960.2, 595239844436.4169),
             (608, 5, 0.26127687127687127, 6.78, 0.9321907486328829, 5, 8, 41457357001.90813, 170466106.09337223),
             (1376, 11, 0.4927197802197802, 10.64, 1.1911236334671893, 8, 12, 14078.078546275257, 25.577904335529176),
             (4384, 24, 0.34850050967698026, 23.88, 0.32826072265931583, 23, 24, 2396947.1335088983, 1366.8722248568079)],
            ["l0 1 480 10", "l0 2 960 15", "l1 1 121.6 10", "l1 2 243.2 15", "l2 1 275.2 10", "l2 2 550.4 15", "any 1 876.8 10", "any 2 1753.6 15"],
            [0.18875374625374625, 0.20613553113553115, 0.23414918414918415, 0.26127687127687127, 0.3396328916181857, 0.4927197802197802, 0.2752066440611332, 0.34850050967698026],
            [0.10721202865317746, 0.07260118943517722, 0.04772054724014573, 0.08714934829218014, 0.0866148112824096, 0.10567485697747007, 0.04867552927252458, 0.056511857655977965]);

    [Fact]
    public void Parts_that_are_all_alike_agree_wholly_and_their_counts_do_not_vary()
    {
        long[] one = [9, 0, 5, 5], other = [0, 9, 5, 5];
        var stability = MaskStability.Of(Statistics(1, 4, 1, (8, 8, [.. Enumerable.Repeat(one, 8)]), (8, 8, [.. Enumerable.Repeat(other, 8)])), new LapeOptions(0.5, 0, 0.5));
        Assert.All(stability.Curve, p => Assert.Equal((1, 0), (p.Jaccard, p.Deviation)));
        Assert.All(stability.Languages, l => Assert.Equal((1, 0, l.Neurons, l.Neurons), (l.SplitHalf, l.BootstrapDeviation, l.BootstrapLow, l.BootstrapHigh)));
        // Agreement that does not grow says nothing of the tokens needed.
        Assert.All(stability.Languages, l => Assert.Null(l.TokensNeeded));
    }

    [Fact]
    public void Merged_shards_are_as_one_run_where_the_borders_coincide()
    {
        var whole = Random(3, last: 4, [8, 8, 8]);
        ActivationStatistics Half(int half) => new(whole.Identity, [.. whole.Activations.Select(a => new LanguageActivation(
            a.Language, new($"{half}", 500, 0, 16, 1, 4), 4, a.Tokens / 2, Sum(a.Blocks.Slice(half * 480, 480).ToArray()), a.Blocks.Slice(half * 480, 480), null))]);
        var (merged, options) = (StatisticsMerge.Merge([Half(0), Half(1)]), new LapeOptions(0.2, 0.6, 0.7));
        Assert.Equal(Lines(MaskStability.Of(whole, options)), Lines(MaskStability.Of(merged, options)));

        static string[] Lines(MaskStability s) => [.. s.Languages.Select(l => l.ToString()), .. s.Curve.Select(p => p.ToString())];
    }

    [Fact]
    public void What_has_no_parts_to_compare_is_refused_with_the_reason()
    {
        var good = Random(1, 8, 8);
        ActivationStatistics With(Func<LanguageActivation, LanguageActivation> change) => new(good.Identity, [.. good.Activations.Select(change)]);
        Refused("BlocksTooFew", Statistics(1, 4, 2, (1, 2, [[1, 2, 3, 4]])), "BatchSize");
        Refused("BlocksMissing", new(StatisticsIdentity.OfCounts("m", 2, 60), good.Activations), "Measure-LapeActivation");
        Refused("BlocksMissing", With(a => a with { Blocks = default }), "'l0'");
        Refused("StatisticsUnfinished", With(a => a with { GroupsCounted = 7 }), "7 of 8");
        Refused("StatisticsInvalid", With(a => a with { Tokens = a.Tokens + 1 }), "'l0'");
        Refused("StatisticsInvalid", With(a => a with { Shards = [new("", 8, 1)] }), "'l0'");
        Refused("CountsInvalid", With(a => a with { Blocks = a.Blocks.ToArray().Select(b => b + 1000).ToArray() }), "'l0'");
        Assert.Equal("RateOutOfRange", Assert.Throws<LapeException>(() => MaskStability.Of(good, new LapeOptions(0))).ErrorId);

        static void Refused(string errorId, ActivationStatistics statistics, string what)
        {
            var error = Assert.Throws<LapeException>(() => MaskStability.Of(statistics, new LapeOptions()));
            Assert.Equal(errorId, error.ErrorId);
            Assert.Contains(what, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_stops_when_asked_to_and_tells_how_far_it_is()
    {
        using var stopping = new CancellationTokenSource();
        var told = new List<(int, int)>();
        Assert.Throws<OperationCanceledException>(() => MaskStability.Of(Random(1, 8, 8), new LapeOptions(), stop: stopping.Token, progress: (done, all) =>
        {
            told.Add((done, all));
            if (done == 3)
                stopping.Cancel();
        }));
        Assert.Equal([(1, 362), (2, 362), (3, 362)], told);
    }

    private static void Check(
        MaskStability found, (long Tokens, int Neurons, double Half, double Mean, double Deviation, double Low, double High, double Needed, double Extrapolation)[] languages,
        string[] points, double[] jaccards, double[] deviations)
    {
        foreach (var (l, right) in found.Languages.Zip(languages))
        {
            Assert.Equal((right.Tokens, right.Neurons), (l.Tokens, l.Neurons));
            Near([right.Half, right.Mean, right.Deviation, right.Low, right.High], [l.SplitHalf!.Value, l.BootstrapMean, l.BootstrapDeviation, l.BootstrapLow, l.BootstrapHigh], 1e-12);
            Near([1, 1], [l.TokensNeeded!.Value / right.Needed, l.Extrapolation!.Value / right.Extrapolation], 1e-8);
        }
        Assert.Equal(languages.Length, found.Languages.Count);
        Assert.Equal(points, found.Curve.Select(p => FormattableString.Invariant($"{p.Language} {p.Blocks} {p.Tokens} {p.Pairs}")));
        Near(jaccards, found.Curve.Select(p => p.Jaccard), 1e-12);
        Near(deviations, found.Curve.Select(p => p.Deviation!.Value), 1e-12);

        static void Near(double[] right, IEnumerable<double> values, double tolerance) => Assert.Equal(right, values, (a, b) => Math.Abs(a - b) <= tolerance);
    }

    /// <summary>Statistics of 2 x 60 neurons with four rows of 32 positions a group, and fewer in the last.</summary>
    private static ActivationStatistics Random(ulong seed, params int[] groups) => Random(seed, 3, groups);

    private static ActivationStatistics Random(ulong seed, int last, int[] groups)
    {
        var random = new SplitMix64(seed);
        return Statistics(2, 60, 4, [.. groups.Select(count =>
        {
            var rows = new int[LanguageActivation.BlockCount(count)];
            for (var g = 0; g < count; g++)
                rows[LanguageActivation.BlockOf(g, count)] += g < count - 1 ? 4 : last;
            ulong[] rates = [.. Enumerable.Range(0, 120).Select(_ => random.Next() % 3 == 0 ? random.Next() % 1000 : random.Next() % 60)];
            return (count, rows.Sum(), rows.Select(r => (ulong)r * 32)
                .Select(n => rates.Select(rate => (long)Math.Min(n, (rate * n / 1000 * 3 / 4) + (random.Next() % ((n / 4) + 1)))).ToArray()).ToArray());
        })]);
    }

    /// <summary>Statistics of languages by groups, counted rows, and counts of each block; rows have 10 positions, those of many neurons 32.</summary>
    private static ActivationStatistics Statistics(int layers, int width, int rowsPerGroup, params (int Groups, int Rows, long[][] Blocks)[] languages)
    {
        var identity = StatisticsSamples.Identity(false) with { Layers = layers, Width = width, RowsPerGroup = rowsPerGroup, Context = width == 4 ? 12 : 34 };
        return new(identity, [.. languages.Select((l, k) => new LanguageActivation($"l{k}", new($"corpus {k}", 500, 0, l.Rows, 1, l.Groups), l.Groups,
            l.Rows * (identity.Context - 2L), Enumerable.Range(0, layers * width).Select(i => l.Blocks.Sum(b => b[i])).ToArray(),
            l.Blocks.SelectMany(b => b.Select(c => (uint)c)).ToArray(), null))]);
    }

    private static long[] Sum(uint[] blocks) => [.. Enumerable.Range(0, 120).Select(i => blocks.Where((_, j) => j % 120 == i).Sum(b => (long)b))];
}
