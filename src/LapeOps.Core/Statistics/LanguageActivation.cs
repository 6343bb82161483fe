namespace LapeOps.Statistics;

/// <summary>Rows and tokens of one language's corpus, cut as METHOD.md's "Rows and counting" has it.</summary>
/// <param name="CorpusHash">SHA-256 of the corpus.</param>
/// <param name="TokensFound">Text tokens of the corpus, before the cap.</param>
/// <param name="TokensDropped">Text tokens that fill no row, or are beyond the cap.</param>
/// <param name="CountedRows">Rows to count.</param>
/// <param name="HeldOutRows">Rows kept for perplexity; they follow the counted ones.</param>
/// <param name="Groups">Groups of rows that the counted rows are cut into.</param>
public sealed record LanguageRows(string CorpusHash, long TokensFound, long TokensDropped, int CountedRows, int HeldOutRows, int Groups);

/// <summary>What was counted in one run: a whole corpus, or, in merged statistics, one of its parts.</summary>
/// <param name="CorpusHash">SHA-256 of what was counted.</param>
/// <param name="Groups">Groups of rows, in <see cref="LanguageActivation.BlockCount"/> blocks.</param>
/// <param name="CountedRows">Its rows; the last group may have fewer than the others.</param>
public sealed record ActivationShard(string CorpusHash, int Groups, int CountedRows);

/// <summary>
/// Activation statistics of one language over its counted positions (METHOD.md, "Rows and counting"). L layers, d neurons, h residual width.
/// Arrays are flat, layer by layer; those of a file are mapped, so that only what is touched is read.
/// </summary>
/// <param name="Language">Name of the language.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="GroupsCounted">Groups counted so far; all of them in finished statistics.</param>
/// <param name="Tokens">n, counted positions.</param>
/// <param name="OverZero">[L * d], positions with activation above 0.</param>
/// <param name="Blocks">[blocks * L * d], <paramref name="OverZero"/> of contiguous eighths of the groups (fewer where there are fewer groups); of merged shards, their blocks one after another.</param>
/// <param name="Sums">The float64 sums, or null where they were not asked for.</param>
public sealed record LanguageActivation(
    string Language, LanguageRows Rows, int GroupsCounted, long Tokens, ReadOnlyMemory<long> OverZero, ReadOnlyMemory<uint> Blocks, ActivationSums? Sums)
{
    /// <summary>Blocks at the most.</summary>
    public const int MostBlocks = 8;

    /// <summary>Positions that a language may have, 9 * 10^15: sums and differences of such numbers do not overflow.</summary>
    public const long MostTokens = 1L << 53;

    /// <summary>The runs that were added up, in the order of their blocks; one where nothing was merged.</summary>
    public IReadOnlyList<ActivationShard> Shards { get; init; } = [new(Rows.CorpusHash, Rows.Groups, Rows.CountedRows)];

    /// <summary>Whether every group was counted.</summary>
    public bool Complete => GroupsCounted == Rows.Groups;

    /// <summary>Blocks that <paramref name="groups"/> groups are divided into.</summary>
    public static int BlockCount(int groups) => Math.Min(MostBlocks, groups);

    /// <summary>The block that a group belongs to.</summary>
    public static int BlockOf(int group, int groups) => (int)((long)group * BlockCount(groups) / groups);

    /// <summary>
    /// [up to 8 * L * d] blocks over all shards: each kept block goes whole to the eighth that its middle lies in. Where borders of shards
    /// and eighths coincide these are the blocks of one run over everything.
    /// </summary>
    /// <exception cref="LapeException">StatisticsInvalid: blocks that make one add up to more than it can hold.</exception>
    public uint[] RegroupedBlocks()
    {
        var (neurons, groups) = (OverZero.Length, Rows.Groups);
        var regrouped = new uint[BlockCount(groups) * neurons];
        var source = Blocks.Span;
        foreach (var block in KeptBlocks())
        {
            var into = regrouped.AsSpan(block.Into * neurons, neurons);
            for (var i = 0; i < neurons; i++)
                into[i] = (ulong)into[i] + source[i] is <= uint.MaxValue and var sum
                    ? (uint)sum
                    : throw new LapeException("StatisticsInvalid", $"Blocks of '{Language}' add up to more than {uint.MaxValue} positions. Measure it again.");
            source = source[neurons..];
        }
        return regrouped;
    }

    /// <summary>[up to 8] rows that each of the <see cref="RegroupedBlocks"/> counts; 0 where no kept block's middle lies in an eighth.</summary>
    /// <param name="rowsPerGroup">Rows of every group but the last of a shard.</param>
    public long[] RegroupedRows(int rowsPerGroup)
    {
        var rows = new long[BlockCount(Rows.Groups)];
        foreach (var (into, shard, first, after) in KeptBlocks())
            rows[into] += Math.Min((long)after * rowsPerGroup, shard.CountedRows) - ((long)first * rowsPerGroup);
        return rows;
    }

    // Blocks as they are kept, shard by shard: groups First to After of the shard, and the eighth of everything that they go to.
    private IEnumerable<(int Into, ActivationShard Shard, int First, int After)> KeptBlocks()
    {
        var before = 0;
        foreach (var shard in Shards)
        {
            for (var block = 0; block < BlockCount(shard.Groups); block++)
            {
                var (first, after) = (FirstGroup(block, shard.Groups), FirstGroup(block + 1, shard.Groups));
                yield return (BlockOf(before + first + ((after - first) / 2), Rows.Groups), shard, first, after);
            }
            before += shard.Groups;
        }
    }

    // The smallest group g with g * blocks >= block * groups.
    private static int FirstGroup(int block, int groups) => (int)((((long)block * groups) + BlockCount(groups) - 1) / BlockCount(groups));
}

/// <summary>Float64 sums over counted positions.</summary>
/// <param name="Activation">[L * d], of the activation.</param>
/// <param name="ActivationSquare">[L * d], of its square.</param>
/// <param name="Product">[L * d], of what enters the down projection.</param>
/// <param name="Residual">[L * h], of the residual stream at the input of every block.</param>
/// <param name="ResidualNorm">[L], of that vector's L2 norm.</param>
public sealed record ActivationSums(
    ReadOnlyMemory<double> Activation, ReadOnlyMemory<double> ActivationSquare, ReadOnlyMemory<double> Product,
    ReadOnlyMemory<double> Residual, ReadOnlyMemory<double> ResidualNorm);
