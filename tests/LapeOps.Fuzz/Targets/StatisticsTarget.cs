using LapeOps.Fuzz.Mutations;
using LapeOps.Scoring;
using LapeOps.Statistics;

namespace LapeOps.Fuzz.Targets;

/// <summary>Statistics: read, scored, compared with a model, merged and written again.</summary>
internal sealed class StatisticsTarget : Target
{
    private static readonly ActivationStatistics _other = Samples.Statistics(2, 3, false, ("xx", 4), ("en", 1));

    public override string Name => "statistics";

    public override string FileName => "input.safetensors";

    public override IEnumerable<byte[]> Seeds(string folder)
    {
        foreach (var statistics in new[]
        {
            Samples.Statistics(2, 3, false, ("en", 4), ("de", 20)),
            Samples.Statistics(2, 3, true, ("en", 1), ("de", 9), ("fr", 3)),
            Samples.Statistics(1, 1, true, ("en", 1)),
            Samples.Statistics(4, 50, false, ("en", 8), ("de", 8), ("fr", 8), ("zh", 7)),
            StatisticsMerge.Merge([Samples.Statistics(2, 3, true, ("en", 4)), Renamed(Samples.Statistics(2, 3, true, ("en", 9))), Samples.Statistics(2, 3, true, ("de", 2))]),
        })
            yield return Samples.Written(folder, "a.safetensors", path => StatisticsFile.Write(path, statistics));
    }

    public override byte[] Mutate(byte[] input, byte[] other, Random random) => SafetensorsMutator.Mutate(input, other, random);

    protected override IEnumerable<Action> Reads(string path)
    {
        ActivationStatistics? statistics = null;
        // A copy: mapped files of statistics stay mapped until they are collected, and there may be only so many.
        yield return () => statistics = StatisticsFile.ReadCopy(path);
        if (statistics is null)
            yield break;
        yield return () => Score(statistics);
        yield return () => Blocks(statistics);
        yield return () => StatisticsMerge.Merge([statistics, _other]);
        yield return () => statistics.RequireModel("fingerprint", "demo", 2, 3);
        yield return () => StatisticsFile.Write(path + ".again", statistics);
    }

    private static void Score(ActivationStatistics statistics)
    {
        var counts = ActivationCounts.Of(statistics);
        Lape.Score(counts, new LapeOptions(TopRate: 0.5));
        Lape.Score(counts, new LapeOptions(TopRate: 1, FilterRate: 0, OwnerRate: 1));
        Lape.Entropy(counts);
    }

    private static void Blocks(ActivationStatistics statistics)
    {
        foreach (var activation in statistics.Activations)
            activation.RegroupedBlocks();
    }

    // The same texts are not merged twice.
    private static ActivationStatistics Renamed(ActivationStatistics statistics) => new(statistics.Identity,
    [
        .. statistics.Activations.Select(a => a with { Rows = a.Rows with { CorpusHash = "other" }, Shards = [new("other", a.Rows.Groups, a.Rows.CountedRows)] }),
    ]);
}
