using System.Numerics;
using LapeOps.Corpora;

namespace LapeOps.Statistics;

/// <summary>
/// Adds statistics up (METHOD.md, "Rows and counting"): counts, totals and blocks exactly, float64 sums in the order given. A language of
/// several shards becomes one whose blocks are those of the shards, one after another; languages of one shard alone stay as they are.
/// </summary>
public static class StatisticsMerge
{
    /// <summary>Merges statistics of one identity. Languages are in the order of their first appearance.</summary>
    /// <param name="parts">Two or more statistics; one alone comes back as it is.</param>
    /// <exception cref="LapeException">
    /// MergeRefused, naming both files: their identities differ, one is not finished, or the same texts were counted in both.
    /// </exception>
    public static ActivationStatistics Merge(IReadOnlyList<ActivationStatistics> parts)
    {
        if (parts.Count == 0)
            throw new LapeException("MergeRefused", "There is nothing to merge. Give statistics, or the paths of their files.");
        foreach (var (part, index) in parts.Select((p, i) => (p, i)))
            RequireMergeable(parts[0], part, Name(parts, 0), Name(parts, index));
        if (parts.Count == 1)
            return parts[0];
        var languages = parts.SelectMany((part, i) => part.Activations.Select(a => (Name: Name(parts, i), Activation: a))).GroupBy(l => l.Activation.Language, StringComparer.Ordinal);
        return new ActivationStatistics(parts[0].Identity, [.. languages.Select(l => Add([.. l]))]);
    }

    private static void RequireMergeable(ActivationStatistics first, ActivationStatistics part, string firstName, string name)
    {
        if (first.Identity.DifferencesFrom(part.Identity) is { Count: > 0 } differences)
            throw Refused($"{firstName} and {name} do not belong together: {string.Join("; ", differences)}");
        if (part.Activations.FirstOrDefault(a => !a.Complete) is { } unfinished)
            throw Refused($"{name} is not finished: {unfinished.GroupsCounted} of {unfinished.Rows.Groups} groups of '{unfinished.Language}' are counted");
    }

    private static LanguageActivation Add(IReadOnlyList<(string Name, LanguageActivation Activation)> parts)
    {
        var all = parts.Select(p => p.Activation).ToArray();
        if (all.Length == 1)
            return all[0];
        RequireDifferentTexts(parts);
        try
        {
            return Added(all);
        }
        catch (OverflowException)
        {
            throw Refused($"the counts of '{all[0].Language}' are together more than one file holds");
        }
    }

    private static LanguageActivation Added(LanguageActivation[] all)
    {
        var shards = all.SelectMany(a => a.Shards).ToArray();
        var blocks = all.Sum(a => (long)a.Blocks.Length);
        if (shards.Length > StatisticsFile.MostShards || blocks > Array.MaxLength || all.Sum(a => (long)a.Rows.CountedRows + a.Rows.HeldOutRows) > int.MaxValue || all.Sum(a => a.Tokens) > LanguageActivation.MostTokens)
            throw Refused($"the rows or blocks of the {shards.Length} shards of '{all[0].Language}' are more than one file holds; merge fewer, or measure larger parts");
        var rows = new LanguageRows(LanguageCorpus.HashOfHashes(shards.Select(s => s.CorpusHash)), all.Sum(a => a.Rows.TokensFound), all.Sum(a => a.Rows.TokensDropped),
            all.Sum(a => a.Rows.CountedRows), all.Sum(a => a.Rows.HeldOutRows), all.Sum(a => a.Rows.Groups));
        return new LanguageActivation(all[0].Language, rows, rows.Groups, all.Sum(a => a.Tokens), Sum(all, a => a.OverZero),
            all.SelectMany(a => a.Blocks.ToArray()).ToArray(),
            all[0].Sums is null ? null : new ActivationSums(Sum(all, a => a.Sums!.Activation), Sum(all, a => a.Sums!.ActivationSquare),
                Sum(all, a => a.Sums!.Product), Sum(all, a => a.Sums!.Residual), Sum(all, a => a.Sums!.ResidualNorm)))
        {
            Shards = shards,
        };
    }

    private static void RequireDifferentTexts(IReadOnlyList<(string Name, LanguageActivation Activation)> parts)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, activation) in parts)
            foreach (var shard in activation.Shards)
                if (!seen.TryAdd(shard.CorpusHash, name))
                    throw Refused($"{seen[shard.CorpusHash]} and {name} counted the same texts of '{activation.Language}' (SHA-256 {shard.CorpusHash}), which would count twice");
    }

    private static T[] Sum<T>(IReadOnlyList<LanguageActivation> parts, Func<LanguageActivation, ReadOnlyMemory<T>> values) where T : unmanaged, INumber<T>
    {
        var sum = values(parts[0]).ToArray();
        foreach (var part in parts.Skip(1))
        {
            var added = values(part).Span;
            for (var i = 0; i < sum.Length; i++)
                sum[i] = checked(sum[i] + added[i]);
        }
        return sum;
    }

    private static string Name(IReadOnlyList<ActivationStatistics> parts, int index) => parts[index].Path ?? $"number {index + 1} of the statistics";

    private static LapeException Refused(string what) => new("MergeRefused", $"These statistics cannot be merged: {what}.");
}
