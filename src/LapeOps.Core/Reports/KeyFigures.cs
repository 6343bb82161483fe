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
        if (summary.Matrix is { } matrix && Owners(matrix).ToArray() is { Length: > 0 } owners)
        {
            yield return ($"{owners.Count(o => OnDiagonal(matrix, o))} of {owners.Length}", "masks that hurt their own language's text most");
            if (owners.All(o => Controls(matrix, o).Any()))
                yield return ($"{owners.Count(o => Controls(matrix, o).All(c => matrix.Change(o.Row, o.Text) > matrix.Change(c, o.Text)))} of {owners.Length}", "masks that hurt it more than every random control");
        }
        if (summary.Stability?.Languages.FirstOrDefault(l => l.Language == "any") is { SplitHalf: { } agreement })
            yield return (agreement.ToString("0.00", CultureInfo.InvariantCulture), "Jaccard index of the masks of two halves of the texts");
        if (Steered(summary.Steering) is { Of: > 0 } steered)
            yield return ($"{steered.Count} of {steered.Of}", "answers steered with joint success by the paper's method");
    }

    // Masks of a language whose text is there too.
    private static IEnumerable<(int Row, int Text)> Owners(PerplexityMatrix matrix) =>
        from row in Enumerable.Range(0, matrix.Rows.Count)
        where matrix.Rows[row].Kind == MatrixRowKind.Language
        from text in Enumerable.Range(0, matrix.Texts.Count)
        where matrix.Texts[text] == matrix.Rows[row].Language
        select (row, text);

    private static bool OnDiagonal(PerplexityMatrix matrix, (int Row, int Text) owner) =>
        Enumerable.Range(0, matrix.Texts.Count).All(text => text == owner.Text || matrix.Change(owner.Row, text) < matrix.Change(owner.Row, owner.Text));

    private static IEnumerable<int> Controls(PerplexityMatrix matrix, (int Row, int Text) owner) =>
        Enumerable.Range(0, matrix.Rows.Count).Where(r => matrix.Rows[r].Kind == MatrixRowKind.Control && (matrix.Rows[r].Language ?? matrix.Texts[owner.Text]) == matrix.Texts[owner.Text]);

    // The strength is not chosen by the result: only where there is one.
    private static Rate Steered(SteeringTable? steering)
    {
        var rows = (steering?.Rows ?? []).Where(r => r.Method == "paper").ToArray();
        return rows.Select(r => r.Strength).Distinct().Count() == 1 ? new Rate(rows.Sum(r => r.Joint.Count), rows.Sum(r => r.Joint.Of)) : default;
    }
}
