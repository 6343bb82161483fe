namespace LapeOps.Scoring;

/// <summary>The three rates of LAPE (METHOD.md, "LAPE"; the paper's section 2.2).</summary>
/// <param name="TopRate">Share of all neurons that are selected: the round(TopRate * L * d) of lowest entropy. Above 0, at most 1.</param>
/// <param name="FilterRate">A neuron is a candidate when some probability is above the FilterRate quantile of all; 0 to 1.</param>
/// <param name="OwnerRate">A selected neuron belongs to every language whose probability is above this quantile of all; 0 to 1.</param>
public sealed record LapeOptions(double TopRate = 0.01, double FilterRate = 0.95, double OwnerRate = 0.95)
{
    /// <summary>The options themselves, when each rate is in its range.</summary>
    /// <exception cref="LapeException">RateOutOfRange, naming the rate.</exception>
    public LapeOptions Checked()
    {
        Require(nameof(TopRate), TopRate, TopRate is > 0 and <= 1, "above 0 and at most 1");
        Require(nameof(FilterRate), FilterRate, FilterRate is >= 0 and <= 1, "from 0 to 1");
        Require(nameof(OwnerRate), OwnerRate, OwnerRate is >= 0 and <= 1, "from 0 to 1");
        return this;
    }

    private static void Require(string name, double rate, bool inRange, string range)
    {
        if (!inRange)
            throw new LapeException("RateOutOfRange", FormattableString.Invariant($"{name} is {rate} and has to be {range}: it is a share, not a percentage."));
    }
}
