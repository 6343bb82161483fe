using System.Globalization;
using System.Text;
using LapeOps.Masks;

namespace LapeOps.Reports;

/// <summary>A summary for a terminal.</summary>
internal static class SummaryText
{
    private const string Eighths = "▏▎▍▌▋▊▉";

    /// <summary>Title, key figures, and a bar for the neurons of each layer, in lines of at most <paramref name="width"/> characters.</summary>
    public static string Of(EvaluationSummary summary, int width, bool unicode)
    {
        width = Math.Clamp(width, 20, 200);
        var text = new StringBuilder();
        void Line(string line)
        {
            line = string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c));
            text.Append((line.Length <= width ? line : line[..width]).TrimEnd()).Append('\n');
        }
        Line(summary.Title + (summary.Provenance.TryGetValue(MaskProvenance.ModelName, out var model) ? $": {model}" : ""));
        foreach (var (value, meaning) in KeyFigures.Of(summary))
            Line($"{value,10}  {meaning}");
        if (summary.Mask is { } mask)
        {
            Line("");
            Line("Neurons in each layer");
            var counts = Enumerable.Range(0, mask.Layers).Select(layer => mask.Union(layer).Length).ToArray();
            foreach (var (layer, count) in counts.Index())
            {
                var head = string.Create(CultureInfo.InvariantCulture, $"{layer,4} {count,6} ");
                Line(head + Bar(count / (double)Math.Max(1, counts.Max()) * (width - head.Length), unicode));
            }
            Line("");
            foreach (var line in Wrapped(mask.Languages.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l} {mask.Count(l)}")), width))
                Line(line);
        }
        return text.ToString().TrimEnd('\n');
    }

    private static string Bar(double length, bool unicode)
    {
        if (!unicode)
            return new string('#', (int)Math.Round(length));
        var eighths = (int)Math.Round(length * 8);
        return new string('█', eighths / 8) + (eighths % 8 > 0 ? Eighths[(eighths % 8) - 1] : "");
    }

    private static IEnumerable<string> Wrapped(IEnumerable<string> words, int width)
    {
        var line = "";
        foreach (var word in words)
        {
            if (line.Length > 0 && line.Length + 2 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line += (line.Length > 0 ? "  " : "") + word;
        }
        if (line.Length > 0)
            yield return line;
    }
}
