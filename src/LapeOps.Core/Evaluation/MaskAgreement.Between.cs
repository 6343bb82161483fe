using LapeOps.Masks;

namespace LapeOps.Evaluation;

public sealed partial record MaskAgreement
{
    /// <summary>What results call the neurons of at least one language.</summary>
    public const string Any = "any";

    /// <summary>Compares two masks of one model.</summary>
    /// <param name="a">A mask.</param>
    /// <param name="b">Another.</param>
    /// <param name="scoresA">Scores of neurons in the first selection, to compare their order; null where there are none.</param>
    /// <param name="scoresB">Scores of neurons in the second.</param>
    /// <param name="width">d, needed where neither mask knows it.</param>
    /// <exception cref="LapeException">MaskShapeMismatch; MaskShapeUnknown.</exception>
    public static MaskAgreement Between(
        NeuronMask a, NeuronMask b, IReadOnlyDictionary<(int Layer, int Neuron), double>? scoresA = null, IReadOnlyDictionary<(int Layer, int Neuron), double>? scoresB = null,
        int? width = null)
    {
        a.RequireShapeOf(b);
        var neurons = a.Width ?? b.Width ?? width
            ?? throw new LapeException("MaskShapeUnknown", "Neither mask says how many neurons a layer has, on which chance depends (a .neuron.pth does not say). Give the Width.");
        var (left, right) = (a.Languages.Select(l => NeuronSet.Of(a, l)).ToArray(), b.Languages.Select(l => NeuronSet.Of(b, l)).ToArray());
        var pairs = left.Select(l => right.Select(r => l.Against(r, neurons)).ToArray()).ToArray();
        var both = a.Languages.Select((language, k) => (k, l: b.Languages.ToList().IndexOf(language))).Where(p => p.l >= 0).Select(p => pairs[p.k][p.l]);
        return new MaskAgreement(a.Languages.ToArray(), b.Languages.ToArray(), both.Append(NeuronSet.OfAny(a).Against(NeuronSet.OfAny(b), neurons)).ToArray(),
            Table(p => p.Overlap), Table(p => p.Jaccard), Table(p => p.Log10P), Correlation(scoresA, scoresB));

        T[][] Table<T>(Func<LanguageAgreement, T> value) => [.. pairs.Select(row => row.Select(value).ToArray())];
    }

    private static double? Correlation(IReadOnlyDictionary<(int Layer, int Neuron), double>? a, IReadOnlyDictionary<(int Layer, int Neuron), double>? b)
    {
        if (a is null || b is null)
            return null;
        var both = a.Keys.Where(b.ContainsKey).ToArray();
        return Ranks.Correlation([.. both.Select(n => a[n])], [.. both.Select(n => b[n])]);
    }
}
