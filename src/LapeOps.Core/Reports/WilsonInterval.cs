using LapeOps.Evaluation;

namespace LapeOps.Reports;

/// <summary>Wilson's 95 % interval of a share.</summary>
internal static class WilsonInterval
{
    private const double Z = 1.959963984540054; // 97.5 % quantile of the normal distribution

    /// <summary>Its ends; not numbers without observations.</summary>
    public static (double Low, double High) Of(Rate rate)
    {
        if (rate.Of == 0)
            return (double.NaN, double.NaN);
        var (p, n) = (rate.Value, (double)rate.Of);
        var centre = (p + (Z * Z / (2 * n))) / (1 + (Z * Z / n));
        var half = Z / (1 + (Z * Z / n)) * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n)));
        // At 0 and n of n the ends are exact; computed they are off by rounding.
        return (rate.Count == 0 ? 0 : centre - half, rate.Count == rate.Of ? 1 : centre + half);
    }
}
