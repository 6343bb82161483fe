using LapeOps.Architectures;
using LapeOps.Corpora;
using LapeOps.Statistics;

namespace LapeOps.Profiling;

/// <summary>Bytes that a profiling run takes on its device, by part, and on disk.</summary>
/// <param name="Weights">The model's weights.</param>
/// <param name="Pass">A forward pass of a group of rows at its widest.</param>
/// <param name="Statistics">Totals of one language, and those of the group at hand.</param>
/// <param name="File">The statistics file, of all languages.</param>
public sealed record ProfileMemory(long Weights, long Pass, long Statistics, long File)
{
    /// <summary>What a run takes beside the weights.</summary>
    public long BesideWeights => Pass + Statistics;

    internal static ProfileMemory Of(TransformerShape shape, long weights, RowPlan plan, bool sums, IReadOnlyList<TokenRows> languages)
    {
        long neurons = (long)shape.Layers * shape.Width;
        var totals = neurons * ((LanguageActivation.MostBlocks * sizeof(int)) + sizeof(int) + (sums ? 2 * 3 * sizeof(double) : 0));
        var arrays = sums ? (3 * neurons) + ((long)shape.Layers * (shape.Hidden + 1)) : 0;
        var file = languages.Sum(l => (neurons * (sizeof(long) + (LanguageActivation.BlockCount(l.Rows.Groups) * sizeof(uint)))) + (arrays * sizeof(double)));
        return new(weights, ProfilePlan.PassBytes(shape, plan.RowsPerGroup, plan.Context), totals, file);
    }
}
