using System.Globalization;
using LapeOps.Evaluation;

namespace LapeOps.Reports;

/// <summary>The few numbers that come first.</summary>
internal static class KeyFigures
{
    /// <summary>Numbers, each with what it is.</summary>
    public static IEnumerable<(string Value, string Text)> Of(EvaluationSummary summary)
    {
        if (summary.Mask is { } mask)
        {
            var share = mask.Width is { } width ? string.Create(CultureInfo.InvariantCulture, $", {mask.DistinctCount / ((double)mask.Layers * width):0.0# %} of all") : "";
            yield return (mask.DistinctCount.ToString("N0", CultureInfo.InvariantCulture), $"neurons of {mask.Languages.Count} languages{share}");
        }
        if (summary.Matrix is { } matrix && matrix.Rows.Count(r => r.Kind == MatrixRowKind.Language && matrix.Texts.Contains(r.Language)) is > 0 and var masks)
        {
            yield return ($"{matrix.DiagonalLargestInRow.Length} of {masks}", "masks that hurt their own language's text most");
            if (matrix.Rows.Any(r => r.Kind == MatrixRowKind.Control))
                yield return ($"{matrix.DiagonalAboveControls.Length} of {masks}", "masks that hurt it more than every random control");
        }
        if (summary.Stability?.Languages.FirstOrDefault(l => l.Language == "any") is { SplitHalf: { } agreement })
            yield return (agreement.ToString("0.00", CultureInfo.InvariantCulture), "Jaccard index of the masks of two halves of the texts");
        if (Steered(summary.Steering) is { Of: > 0 } steered)
            yield return ($"{steered.Count} of {steered.Of}", "answers steered with joint success by the paper's method");
    }

    // The strength is not chosen by the result: only where there is one.
    private static Rate Steered(SteeringTable? steering)
    {
        var rows = (steering?.Rows ?? []).Where(r => r.Method == "paper").ToArray();
        return rows.Select(r => r.Strength).Distinct().Count() == 1 ? new Rate(rows.Sum(r => r.Joint.Count), rows.Sum(r => r.Joint.Of)) : default;
    }
}
