namespace LapeOps.Evaluation;

/// <summary>Ranks of values.</summary>
internal static class Ranks
{
    /// <summary>Ranks from 1, ascending; equal values, infinities too, share the mean of their ranks.</summary>
    public static double[] Of(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var ranks = new double[values.Count];
        for (var first = 0; first < order.Length;)
        {
            var after = first + 1;
            while (after < order.Length && values[order[after]].Equals(values[order[first]]))
                after++;
            for (var i = first; i < after; i++)
                ranks[order[i]] = (first + 1 + after) / 2.0;
            first = after;
        }
        return ranks;
    }

    /// <summary>Spearman's correlation: Pearson's of the ranks; null where one side has only one value, or there are fewer than two.</summary>
    public static double? Correlation(IReadOnlyList<double> left, IReadOnlyList<double> right)
    {
        var (a, b) = (Of(left), Of(right));
        var mean = (a.Length + 1) / 2.0;
        double product = 0, squareA = 0, squareB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += (a[i] - mean) * (b[i] - mean);
            squareA += (a[i] - mean) * (a[i] - mean);
            squareB += (b[i] - mean) * (b[i] - mean);
        }
        return squareA == 0 || squareB == 0 ? null : product / Math.Sqrt(squareA * squareB);
    }
}
