using MathNet.Numerics.Statistics;

namespace LapeOps.Evaluation;

/// <summary>Agreement of masks of disjoint parts against the tokens that they were made of, and how many would do.</summary>
internal static class StabilityCurve
{
    private const double Enough = 0.95;

    /// <summary>A language's points. Pairs of parts in which it has no neuron say nothing; where all are such, there is no point.</summary>
    public static IEnumerable<StabilityPoint> Points(string language, int k, IReadOnlyList<(int Left, int Right)> pairs, IReadOnlyDictionary<int, PartNeurons> parts)
    {
        foreach (var size in pairs.GroupBy(p => int.PopCount(p.Left)).OrderBy(g => g.Key))
        {
            double[] jaccards = [.. size.Select(p => Jaccard(parts[p.Left].Sets[k], parts[p.Right].Sets[k])).OfType<double>()];
            if (jaccards.Length > 0)
                yield return new(language, size.Key, parts.Where(p => int.PopCount(p.Key) == size.Key).Average(p => p.Value.Tokens[k]), jaccards.Average(), jaccards.Length > 1 ? jaccards.StandardDeviation() : null, jaccards.Length);
        }
    }

    /// <summary>
    /// Tokens at which two masks of disjoint corpora agree with a Jaccard of 0.95, all languages growing alike: the odds of agreement, J / (1 - J), are fitted as
    /// a power of the tokens, by least squares of logarithms. For large corpora that is 1 - J = c * tokens^-b; for small ones, unlike that, J stays above 0.
    /// </summary>
    /// <returns>Null with fewer than two points between 0 and 1, or where agreement does not grow.</returns>
    public static double? TokensNeeded(IEnumerable<StabilityPoint> curve)
    {
        (double X, double Y)[] points = [.. curve.Where(p => p.Jaccard is > 0 and < 1).Select(p => (Math.Log(p.Tokens), LogOdds(p.Jaccard)))];
        if (points.Length < 2)
            return null;
        var (x, y) = (points.Average(p => p.X), points.Average(p => p.Y));
        var power = points.Sum(p => (p.X - x) * (p.Y - y)) / points.Sum(p => (p.X - x) * (p.X - x));
        var needed = Math.Exp(x + ((LogOdds(Enough) - y) / power));
        return power > 0 && double.IsFinite(needed) ? needed : null;
    }

    private static double? Jaccard(NeuronSet left, NeuronSet right) => NeuronSet.Jaccard(left.Overlap(right), left.Size, right.Size);

    private static double LogOdds(double share) => Math.Log(share / (1 - share));
}
