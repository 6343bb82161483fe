using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace LapeOps.Evaluation;

/// <summary>A paired t-test.</summary>
/// <param name="T">Mean difference over its standard error; infinite where all differences are the same and not 0.</param>
/// <param name="DegreesOfFreedom">Pairs - 1.</param>
/// <param name="P">One-sided: the probability of such a T or a greater one where the mean difference is 0.</param>
/// <param name="PTwoSided">The probability of a T at least as far from 0.</param>
public readonly record struct TTest(double T, int DegreesOfFreedom, double P, double PTwoSided);

/// <summary>A Wilcoxon signed-rank test.</summary>
/// <param name="W">Sum of the ranks of positive differences.</param>
/// <param name="P">One-sided: the probability of such a W or a greater one where differences of either sign are alike.</param>
/// <param name="Method">exact, normal, or none where all differences are 0.</param>
public readonly record struct SignedRankTest(double W, double P, string Method);

/// <summary>One-sided tests that differences of pairs are above 0. Upper tails are computed as tails, so that 1e-43 is not 0.</summary>
public static class PairedTests
{
    // Sums of the 2^50 sign patterns are exact in 64 bits.
    private const int MostExact = 50;

    /// <summary>The paired t-test. All differences 0: T = 0 and P = 1.</summary>
    /// <param name="differences">Two or more.</param>
    public static TTest Student(IReadOnlyList<double> differences)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(differences.Count, 2);
        var freedom = differences.Count - 1;
        if (differences.All(d => d == 0))
            return new(0, freedom, 1, 1);
        var t = differences.Average() / (differences.StandardDeviation() / Math.Sqrt(differences.Count));
        // The lower tail at -t is the upper one at t, without a difference from 1.
        return new(t, freedom, StudentT.CDF(0, 1, freedom, -t), Math.Min(1, 2 * StudentT.CDF(0, 1, freedom, -Math.Abs(t))));
    }

    /// <summary>
    /// The Wilcoxon signed-rank test. Differences of 0 are dropped, equal magnitudes share their mean rank. Exact for up to 50 differences
    /// without a 0 and without equal ones, else by the normal approximation with the variance corrected for ties, without continuity correction.
    /// </summary>
    public static SignedRankTest SignedRank(IReadOnlyList<double> differences)
    {
        double[] nonzero = [.. differences.Where(d => d != 0)];
        if (nonzero.Length == 0)
            return new(0, 1, "none");
        double[] magnitudes = [.. nonzero.Select(Math.Abs)];
        var ranks = Ranks.Of(magnitudes);
        var w = nonzero.Zip(ranks, (d, rank) => d > 0 ? rank : 0).Sum();
        double n = nonzero.Length;
        double ties = magnitudes.GroupBy(m => m).Sum(g => Math.Pow(g.Count(), 3) - g.Count());
        if (n <= MostExact && n == differences.Count && ties == 0)
            return new(w, ExactTail((int)n, (int)w), "exact");
        var variance = (n * (n + 1) * (2 * n + 1) / 24) - (ties / 48);
        return new(w, Normal.CDF(0, 1, -(w - (n * (n + 1) / 4)) / Math.Sqrt(variance)), "normal");
    }

    /// <summary>P(W >= w) over all 2^n signs of the ranks 1..n.</summary>
    private static double ExactTail(int n, int w)
    {
        var most = n * (n + 1) / 2;
        var patterns = new ulong[most + 1]; // by the sum of positive ranks
        patterns[0] = 1;
        for (var rank = 1; rank <= n; rank++)
            for (var sum = most; sum >= rank; sum--)
                patterns[sum] += patterns[sum - rank];
        var above = 0UL;
        for (var sum = w; sum <= most; sum++)
            above += patterns[sum];
        return above / Math.Pow(2, n);
    }
}
