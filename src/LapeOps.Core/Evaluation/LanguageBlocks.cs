using LapeOps.Statistics;

namespace LapeOps.Evaluation;

/// <summary>One language's counts in contiguous blocks of its corpus, each with the positions that it counts.</summary>
/// <param name="Language">The language.</param>
/// <param name="OverZero">[blocks] of [L * d].</param>
/// <param name="Tokens">[blocks] n.</param>
internal sealed record LanguageBlocks(string Language, IReadOnlyList<ReadOnlyMemory<uint>> OverZero, IReadOnlyList<long> Tokens)
{
    /// <summary>Blocks that count something.</summary>
    public int Count => Tokens.Count;

    /// <summary>The blocks of a language; eighths in which nothing was counted are left out.</summary>
    /// <exception cref="LapeException">BlocksMissing, BlocksTooFew, StatisticsUnfinished, StatisticsInvalid.</exception>
    public static LanguageBlocks Of(LanguageActivation activation, StatisticsIdentity identity)
    {
        var language = activation.Language;
        if (identity.Imported || activation.Blocks.Length == 0)
            throw new LapeException("BlocksMissing", $"The counts of '{language}' are not kept in blocks of the corpus (counts of other programs are not), so how far to trust them cannot be told. Measure the texts with Measure-LapeActivation.");
        if (!activation.Complete)
            throw new LapeException("StatisticsUnfinished", $"'{language}' is counted in {activation.GroupsCounted} of {activation.Rows.Groups} groups. Finish the run first.");
        var rows = activation.RegroupedRows(identity.RowsPerGroup);
        long rowTokens = identity.Context - identity.RowStart.Count;
        if (rows.Any(r => r < 0) || rows.Sum() != activation.Rows.CountedRows || activation.Rows.CountedRows * rowTokens != activation.Tokens)
            throw new LapeException("StatisticsInvalid", $"The groups of '{language}' do not make its {activation.Tokens} counted positions. Measure it again.");
        var (regrouped, neurons) = (activation.RegroupedBlocks(), activation.OverZero.Length);
        int[] kept = [.. Enumerable.Range(0, rows.Length).Where(block => rows[block] > 0)];
        if (kept.Length < 2)
            throw new LapeException("BlocksTooFew", $"'{language}' has {activation.Rows.CountedRows} counted rows in a single block, and parts of a corpus are compared: two blocks at least. Measure it with a smaller BatchSize, a smaller Context or more text.");
        return new(language, [.. kept.Select(block => new ReadOnlyMemory<uint>(regrouped, block * neurons, neurons))], [.. kept.Select(block => rows[block] * rowTokens)]);
    }

    /// <summary>The blocks that make up part <paramref name="part"/> of <paramref name="parts"/>, as equal in number as can be.</summary>
    public IEnumerable<int> Part(int part, int parts) => Enumerable.Range(0, Count).Where(block => block * parts / Count == part);

    /// <summary>Adds some blocks up, each as often as it is named, and returns the positions that they count.</summary>
    public long Add(IEnumerable<int> blocks, long[] sum)
    {
        Array.Clear(sum);
        long tokens = 0;
        foreach (var block in blocks)
        {
            tokens += Tokens[block];
            var values = OverZero[block].Span;
            for (var i = 0; i < sum.Length; i++)
                sum[i] += values[i];
        }
        return tokens;
    }
}
