using LapeOps.Scoring;

namespace LapeOps.Evaluation;

/// <summary>What a part of the corpus selects: neurons of each language, then of any, each with the positions that were counted.</summary>
internal sealed record PartNeurons(IReadOnlyList<NeuronSet> Sets, IReadOnlyList<long> Tokens)
{
    public static PartNeurons Of(LanguageNeurons scored, IReadOnlyList<long> tokens)
    {
        var mask = scored.ToMask();
        return new([.. mask.Languages.Select(language => NeuronSet.Of(mask, language)), NeuronSet.OfAny(mask)], [.. tokens, tokens.Sum()]);
    }
}

/// <summary>LAPE, all of it anew, on some of the blocks. Counts of one part at a time are in memory.</summary>
internal sealed class PartSelection(int layers, int width, IReadOnlyList<LanguageBlocks> blocks, LapeOptions options)
{
    private readonly long[][] _sums = [.. blocks.Select(_ => new long[layers * width])];

    /// <summary>The neurons that the chosen blocks of each language select.</summary>
    public PartNeurons Of(Func<LanguageBlocks, IEnumerable<int>> choose)
    {
        long[] tokens = [.. blocks.Select((language, k) => language.Add(choose(language), _sums[k]))];
        var counts = new ActivationCounts(layers, width, [.. blocks.Select(b => b.Language)], [.. _sums.Select(s => new ReadOnlyMemory<long>(s))], tokens);
        return PartNeurons.Of(Lape.Score(counts, options), tokens);
    }
}
