using System.Globalization;

namespace LapeOps.Evaluation;

/// <summary>A share of answers with its 95 % confidence interval (Wilson).</summary>
/// <param name="Count">Answers for which it holds.</param>
/// <param name="Of">Answers.</param>
public readonly record struct Rate(int Count, int Of)
{
    private const double Z = 1.959963984540054;

    /// <summary>Count / Of; not a number without answers.</summary>
    public double Value => Count / (double)Of;

    // At none and at all of them the ends are exact; computed they are off by rounding.

    /// <summary>The interval's lower end; 0 without answers.</summary>
    public double Low => Count == 0 ? 0 : Middle - Reach;

    /// <summary>The interval's upper end; 1 without answers.</summary>
    public double High => Count == Of ? 1 : Middle + Reach;

    /// <summary>Share and interval in per cent, such as 80 % (49-94).</summary>
    public override string ToString() => Of == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100 * Value:F0} % ({100 * Low:F0}-{100 * High:F0})");

    private double Middle => (Count + (Z * Z / 2)) / (Of + (Z * Z));

    private double Reach => Z / (Of + (Z * Z)) * Math.Sqrt((Count * (Of - Count) / (double)Of) + (Z * Z / 4));
}
