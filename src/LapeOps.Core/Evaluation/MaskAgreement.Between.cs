using LapeOps.Masks;

namespace LapeOps.Evaluation;

public sealed partial record MaskAgreement
{
    /// <summary>What results call the neurons of at least one language.</summary>
    public const string Any = "any";

    /// <summary>Compares two masks of one model.</summary>
    /// <param name="a">A mask.</param>
    /// <param name="b">Another. One of them has to know its width.</param>
    /// <param name="scoresA">Scores of neurons in the first selection, to compare their order; null where there are none.</param>
    /// <param name="scoresB">Scores of neurons in the second.</param>
    /// <exception cref="LapeException">MaskShapeMismatch; MaskWidthUnknown.</exception>
    public static MaskAgreement Between(
        NeuronMask a, NeuronMask b, IReadOnlyDictionary<(int Layer, int Neuron), double>? scoresA = null, IReadOnlyDictionary<(int Layer, int Neuron), double>? scoresB = null)
    {
        a.RequireShapeOf(b);
        var width = a.Width ?? b.Width
            ?? throw new LapeException("MaskWidthUnknown", "Neither mask says how many neurons a layer has, and chance depends on it (a .neuron.pth does not say). Give the width.");
        var (left, right) = (a.Languages.Select(l => NeuronSet.Of(a, l)).ToArray(), b.Languages.Select(l => NeuronSet.Of(b, l)).ToArray());
        var pairs = left.Select(l => right.Select(r => l.Against(r, width)).ToArray()).ToArray();
        var both = a.Languages.Select((language, k) => (k, l: b.Languages.ToList().IndexOf(language))).Where(p => p.l >= 0).Select(p => pairs[p.k][p.l]);
        return new MaskAgreement(a.Languages, b.Languages, [.. both, NeuronSet.OfAny(a).Against(NeuronSet.OfAny(b), width)],
            [.. pairs.Select(row => row.Select(p => p.Overlap).ToArray())], [.. pairs.Select(row => row.Select(p => p.Jaccard).ToArray())],
            [.. pairs.Select(row => row.Select(p => p.Log10P).ToArray())], Correlation(scoresA, scoresB));
    }

    private static double? Correlation(IReadOnlyDictionary<(int Layer, int Neuron), double>? a, IReadOnlyDictionary<(int Layer, int Neuron), double>? b)
    {
        if (a is null || b is null)
            return null;
        var both = a.Keys.Where(b.ContainsKey).ToArray();
        return Ranks.Correlation([.. both.Select(n => a[n])], [.. both.Select(n => b[n])]);
    }
}
