namespace LapeOps.Evaluation;

/// <summary>The correction of Benjamini and Hochberg (1995) for many tests at once.</summary>
public static class BenjaminiHochberg
{
    /// <summary>
    /// q of each p, in the order given: the least share of false findings among those that are called significant with it. q of the i-th
    /// smallest p is the least of p_(j) * count / j over j >= i, at most 1.
    /// </summary>
    public static double[] Correct(IReadOnlyList<double> p)
    {
        var q = new double[p.Count];
        var least = 1.0;
        int[] descending = [.. Enumerable.Range(0, p.Count).OrderByDescending(i => p[i])];
        for (var i = 0; i < descending.Length; i++)
        {
            least = Math.Min(least, p[descending[i]] * p.Count / (p.Count - i));
            q[descending[i]] = least;
        }
        return q;
    }
}
