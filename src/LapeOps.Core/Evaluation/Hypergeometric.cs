using MathNet.Numerics;

namespace LapeOps.Evaluation;

/// <summary>How many of some drawn neurons are marked, where all draws are alike.</summary>
internal static class Hypergeometric
{
    /// <summary>log10 of P(X >= <paramref name="overlap"/>), exact far out where the probability itself would be 0.</summary>
    /// <param name="all">N, neurons.</param>
    /// <param name="marked">Of them in one mask.</param>
    /// <param name="drawn">Of them in the other.</param>
    /// <param name="overlap">In both.</param>
    public static double Log10Tail(long all, long marked, long drawn, long overlap)
    {
        var least = Math.Max(0, marked + drawn - all);
        if (overlap <= least)
            return 0;
        // Terms fall off on either side of the mode: the tail that does not hold it is summed, from its greatest term outwards.
        var mode = (long)((marked + 1.0) * (drawn + 1.0) / (all + 2.0));
        var (sum, term) = (1.0, 1.0);
        if (overlap > mode)
        {
            for (var x = overlap; x < Math.Min(marked, drawn) && term > 1e-17 * sum; x++)
                sum += term *= (marked - x) / (x + 1.0) * (drawn - x) / (all - marked - drawn + x + 1.0);
            return (LogProbability(overlap) + Math.Log(sum)) / Math.Log(10);
        }
        for (var x = overlap - 1; x > least && term > 1e-17 * sum; x--)
            sum += term *= x / (marked - x + 1.0) * (all - marked - drawn + x) / (drawn - x + 1.0);
        return SpecialFunctions.Log1p(-Math.Exp(LogProbability(overlap - 1) + Math.Log(sum))) / Math.Log(10);

        double LogProbability(long x) => LogChoose(marked, x) + LogChoose(all - marked, drawn - x) - LogChoose(all, drawn);
    }

    private static double LogChoose(long n, long k) => SpecialFunctions.GammaLn(n + 1) - SpecialFunctions.GammaLn(k + 1) - SpecialFunctions.GammaLn(n - k + 1);
}
