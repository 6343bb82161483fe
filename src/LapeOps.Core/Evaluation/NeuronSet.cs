using LapeOps.Masks;

namespace LapeOps.Evaluation;

/// <summary>Neurons of one language, or of any, by layer.</summary>
/// <param name="Language">The language, or "any".</param>
/// <param name="Layers">[L] of ascending indices.</param>
internal sealed record NeuronSet(string Language, IReadOnlyList<int[]> Layers)
{
    /// <summary>Neurons over all layers.</summary>
    public int Size { get; } = Layers.Sum(n => n.Length);

    /// <summary>A language's neurons.</summary>
    public static NeuronSet Of(NeuronMask mask, string language) =>
        new(language, [.. Enumerable.Range(0, mask.Layers).Select(layer => mask.Neurons(language, layer).ToArray())]);

    /// <summary>Neurons of at least one language.</summary>
    public static NeuronSet OfAny(NeuronMask mask) => new(MaskAgreement.Any, [.. Enumerable.Range(0, mask.Layers).Select(mask.Union)]);

    /// <summary>Neurons in both.</summary>
    public int Overlap(NeuronSet other) => Layers.Zip(other.Layers, (a, b) => NeuronMask.Overlap(a, b)).Sum();

    /// <summary>Neurons in both over neurons in either; null where both are empty.</summary>
    public static double? Jaccard(int overlap, int left, int right) => left + right == 0 ? null : overlap / (double)(left + right - overlap);

    /// <summary>How far two sets agree, and how far sets of their sizes do by chance.</summary>
    public LanguageAgreement Against(NeuronSet other, int width)
    {
        int[] overlaps = [.. Layers.Zip(other.Layers, (a, b) => NeuronMask.Overlap(a, b))];
        var (overlap, all) = (overlaps.Sum(), (long)Layers.Count * width);
        return new LanguageAgreement(Language, Size, other.Size, overlap, Jaccard(overlap, Size, other.Size), (double)Size * other.Size / all,
            Layers.Zip(other.Layers, (a, b) => (double)a.Length * b.Length / width).Sum(), Hypergeometric.Log10Tail(all, Size, other.Size, overlap),
            overlaps, overlaps.Select((o, layer) => Jaccard(o, Layers[layer].Length, other.Layers[layer].Length)).ToArray());
    }
}
