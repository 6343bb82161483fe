using System.Globalization;
using System.Text;

namespace LapeOps.Evaluation;

/// <summary>A perplexity matrix as people read it in a terminal: masks by texts.</summary>
internal static class MatrixText
{
    private const int Label = 18, Count = 9, Cell = 9;
    private const string Change = "+0.0000;-0.0000;0.0000";

    /// <summary>NLL of the unmodified model on top, then the changes that each mask makes, then mean and spread of the controls.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="columns">Columns of the terminal: texts that do not fit beside each other stand below.</param>
    public static string Of(PerplexityMatrix matrix, int columns)
    {
        var (count, most) = (matrix.Texts.Count, Math.Max(1, (columns - Label - Count - 1) / Cell));
        var parts = (count + most - 1) / most;
        return string.Join("\n\n", Enumerable.Range(0, count).Chunk((count + parts - 1) / parts).Select(texts => string.Join('\n', Lines(matrix, texts))));
    }

    private static IEnumerable<string> Lines(PerplexityMatrix matrix, int[] texts)
    {
        yield return Line("Mask \\ Text", "Neurons", texts.Select(k => matrix.Texts[k]));
        yield return Line("none: NLL", "", texts.Select(k => Number(matrix.Nll(0, k), "F4")));
        for (var i = 1; i < matrix.Rows.Count; i++)
        {
            var (row, at) = (matrix.Rows[i], i);
            yield return Line(row.Mask, row.Neurons.ToString(CultureInfo.InvariantCulture), texts.Select(k => Number(matrix.Change(at, k), Change)));
        }
        if (matrix.ControlMean is { Length: > 0 } mean)
            yield return Line("controls: mean", "", texts.Select(k => Number(mean[k], Change)));
        if (matrix.ControlDeviation is { Length: > 0 } deviation)
            yield return Line("controls: spread", "", texts.Select(k => Number(deviation[k], "F4")));
    }

    private static string Line(string label, string count, IEnumerable<string> cells) => cells.Aggregate(
        new StringBuilder(Fit(label, Label).PadRight(Label)).Append(count.PadLeft(Count)), (line, cell) => line.Append(Fit(cell, Cell - 1).PadLeft(Cell))).ToString();

    private static string Fit(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + '…';

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
