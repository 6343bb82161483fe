using LapeOps.Statistics;

namespace LapeOps.Core.Tests.Statistics;

public sealed class StatisticsMergeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shards_add_up_and_other_languages_stay_as_they_are(bool sums)
    {
        var (one, two) = (StatisticsSamples.Of(sums, ("zh", 9, "a"), ("fr", 3, "b")), StatisticsSamples.Of(sums, ("en", 4, "c"), ("zh", 5, "d")));
        var merged = StatisticsMerge.Merge([one, two]);
        Assert.Equal(["zh", "fr", "en"], merged.Languages);
        Assert.Same(one["fr"], merged["fr"]);
        Assert.Same(two["en"], merged["en"]);
        Assert.Empty(merged.Identity.DifferencesFrom(one.Identity));
        var (first, second, sum) = (one["zh"], two["zh"], merged["zh"]);
        Assert.True(sum.Complete);
        Assert.Equal(first.Tokens + second.Tokens, sum.Tokens);
        Assert.Equal((14, 28, 2, 1000L, 8L), (sum.Rows.Groups, sum.Rows.CountedRows, sum.Rows.HeldOutRows, sum.Rows.TokensFound, sum.Rows.TokensDropped));
        Assert.Equal(Added(first.OverZero.ToArray(), second.OverZero.ToArray()), sum.OverZero.ToArray());
        Assert.Equal([.. first.Blocks.ToArray(), .. second.Blocks.ToArray()], sum.Blocks.ToArray());
        Assert.Equal([new("a", 9, 18), new("d", 5, 10)], sum.Shards);
        Assert.Equal(sums, sum.Sums is not null);
        if (sums)
        {
            Assert.Equal(Added(first.Sums!.Residual.ToArray(), second.Sums!.Residual.ToArray()), sum.Sums!.Residual.ToArray());
            Assert.Equal(Added(first.Sums!.ResidualNorm.ToArray(), second.Sums!.ResidualNorm.ToArray()), sum.Sums!.ResidualNorm.ToArray());
        }

        static T[] Added<T>(T[] a, T[] b) where T : System.Numerics.INumber<T> => [.. a.Zip(b, (x, y) => x + y)];
    }

    [Fact]
    public void Merging_in_steps_is_merging_at_once_and_survives_the_file()
    {
        using var folder = new TempFolder();
        var parts = new[] { StatisticsSamples.Of(true, ("zh", 9, "a")), StatisticsSamples.Of(true, ("zh", 5, "b")), StatisticsSamples.Of(true, ("zh", 16, "c")) };
        StatisticsFile.Write(folder["two.safetensors"], StatisticsMerge.Merge(parts[..2]));
        StatisticsFile.Write(folder["steps.safetensors"], StatisticsMerge.Merge([StatisticsFile.Read(folder["two.safetensors"]), parts[2]]));
        StatisticsFile.Write(folder["once.safetensors"], StatisticsMerge.Merge(parts));
        Assert.Equal(File.ReadAllBytes(folder["once.safetensors"]), File.ReadAllBytes(folder["steps.safetensors"]));
        var read = StatisticsFile.ReadCopy(folder["steps.safetensors"])["zh"];
        Assert.Equal([new("a", 9, 18), new("b", 5, 10), new("c", 16, 32)], read.Shards);
        Assert.Equal((8 + 5 + 8) * StatisticsSamples.Layers * StatisticsSamples.Width, read.Blocks.Length);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(16, 16, 16, 16)]
    [InlineData(8, 8, 8, 8, 8, 8, 8, 8)]
    [InlineData(2, 6)]
    public void Regrouped_blocks_are_those_of_one_run_where_the_borders_coincide(params int[] shards)
    {
        // Group g of the whole counts 2^g mod a prime, so that no two sums are alike.
        var groups = shards.Sum();
        uint Count(int group) => (uint)(System.Numerics.BigInteger.ModPow(2, group, 1009) + 1);
        var merged = StatisticsMerge.Merge([.. shards.Select((s, i) => Shard(s, shards.Take(i).Sum()))])["zh"];
        Assert.Equal(Blocks(groups, 0), merged.RegroupedBlocks());

        uint[] Blocks(int length, int first)
        {
            var blocks = new uint[LanguageActivation.BlockCount(length) * 6];
            for (var g = 0; g < length; g++)
                for (var i = 0; i < 6; i++)
                    blocks[(LanguageActivation.BlockOf(g, length) * 6) + i] += Count(first + g);
            return blocks;
        }

        ActivationStatistics Shard(int length, int first)
        {
            var sample = StatisticsSamples.Language("zh", length, length, $"from {first}", sums: false);
            return new(StatisticsSamples.Identity(false), [sample with { Blocks = Blocks(length, first) }]);
        }
    }

    [Fact]
    public void Unequal_shards_regroup_to_at_most_eight_blocks_that_lose_nothing()
    {
        var merged = StatisticsMerge.Merge([StatisticsSamples.Of(false, ("zh", 100, "a")), StatisticsSamples.Of(false, ("zh", 3, "b"))])["zh"];
        var regrouped = merged.RegroupedBlocks();
        Assert.Equal(8 * 6, regrouped.Length);
        Assert.Equal(merged.OverZero.ToArray(), Enumerable.Range(0, 6).Select(i => regrouped.Where((_, j) => j % 6 == i).Sum(b => (long)b)));
    }

    [Fact]
    public void Rows_of_regrouped_blocks_know_the_last_group_of_each_shard()
    {
        // Groups of 2 rows; both shards end with a group of 1.
        var merged = StatisticsMerge.Merge([Shard("a", 4, 7), Shard("b", 12, 23)])["zh"];
        // Eighths have two groups each. Blocks of the second shard, which starts at group 4, go where their middle lies.
        var blocks = Enumerable.Range(0, 12).GroupBy(g => LanguageActivation.BlockOf(g, 12)).Select(b => (First: 4 + b.First(), Length: b.Count(), Rows: b.Sum(g => g == 11 ? 1 : 2)));
        var expected = new long[8];
        foreach (var (group, rows) in new[] { (0, 2), (1, 2), (2, 2), (3, 1) })
            expected[group / 2] += rows;
        foreach (var (first, length, rows) in blocks)
            expected[(first + (length / 2)) / 2] += rows;
        Assert.Equal(expected, merged.RegroupedRows(2));
        Assert.Equal(30, expected.Sum());

        static ActivationStatistics Shard(string corpus, int groups, int rows)
        {
            var sample = StatisticsSamples.Language("zh", groups, groups, corpus, sums: false);
            return new(StatisticsSamples.Identity(false), [sample with { Rows = sample.Rows with { CountedRows = rows }, Shards = [new(corpus, groups, rows)] }]);
        }
    }

    [Fact]
    public void What_does_not_belong_together_is_refused_with_both_names()
    {
        using var folder = new TempFolder();
        var one = StatisticsSamples.Of(false, ("zh", 9, "a"));
        var identity = one.Identity;
        foreach (var (other, what) in new[]
        {
            (identity with { ModelFingerprint = "another" }, "ModelFingerprint fingerprint and another"),
            (identity with { TokenizerHash = "another" }, "TokenizerHash"),
            (identity with { Context = 32 }, "Context 16 and 32"),
            (identity with { RowStart = [] }, "RowStart"),
            (identity with { DType = "BFloat16" }, "DType Float32 and BFloat16"),
            (identity with { DeviceKind = "cuda" }, "DeviceKind cpu and cuda"),
            (identity with { Documents = "Line" }, "Documents"),
            (identity with { Transform = "Shuffle" }, "Transform none and Shuffle"),
        })
            Refused(what, one, new(other, [StatisticsSamples.Language("zh", 4, 4, "b", false)], folder["b.safetensors"]));
        Refused("is not finished", one, new(identity, [StatisticsSamples.Language("fr", 4, 3, "b", false)], folder["b.safetensors"]));
        Refused("the same texts of 'zh'", one, new(identity, [StatisticsSamples.Language("zh", 9, 9, "a", false)], folder["b.safetensors"]));
        var merged = StatisticsMerge.Merge([one, StatisticsSamples.Of(false, ("zh", 4, "c"))]);
        Refused("the same texts of 'zh'", merged, new(identity, [StatisticsSamples.Language("zh", 4, 4, "c", false)], folder["b.safetensors"]));
        Assert.Equal("MergeRefused", Assert.Throws<LapeException>(() => StatisticsMerge.Merge([])).ErrorId);

        void Refused(string what, params ActivationStatistics[] parts)
        {
            var refused = Assert.Throws<LapeException>(() => StatisticsMerge.Merge(parts));
            Assert.Equal("MergeRefused", refused.ErrorId);
            Assert.Contains(what, refused.Message, StringComparison.Ordinal);
            Assert.Contains(folder["b.safetensors"], refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Numbers_that_add_up_to_more_than_a_file_holds_are_refused()
    {
        var (one, other) = (StatisticsSamples.Language("zh", 4, 4, "a", false), StatisticsSamples.Language("zh", 4, 4, "b", false));
        foreach (var huge in new[]
        {
            other with { OverZero = Enumerable.Repeat(long.MaxValue, other.OverZero.Length).ToArray() },
            other with { Tokens = LanguageActivation.MostTokens },
            other with { Rows = other.Rows with { Groups = int.MaxValue }, GroupsCounted = int.MaxValue },
            other with { Rows = other.Rows with { CountedRows = int.MaxValue } },
            other with { Rows = other.Rows with { TokensFound = long.MaxValue } },
        })
            Assert.Equal("MergeRefused", Assert.Throws<LapeException>(() => StatisticsMerge.Merge(
                [new(StatisticsSamples.Identity(false), [one]), new(StatisticsSamples.Identity(false), [huge])])).ErrorId);
    }

    [Fact]
    public void Blocks_whose_sum_overflows_are_refused()
    {
        var blocks = Enumerable.Repeat(uint.MaxValue, 8 * 6).ToArray();
        var merged = StatisticsMerge.Merge([.. new[] { "a", "b" }.Select(corpus => new ActivationStatistics(
            StatisticsSamples.Identity(false), [StatisticsSamples.Language("zh", 8, 8, corpus, false) with { Blocks = blocks }]))])["zh"];
        Assert.Equal("StatisticsInvalid", Assert.Throws<LapeException>(() => merged.RegroupedBlocks()).ErrorId);
    }

    [Fact]
    public void One_alone_comes_back_as_it_is()
    {
        var one = StatisticsSamples.Of(false, ("zh", 9, "a"));
        Assert.Same(one, StatisticsMerge.Merge([one]));
    }
}
