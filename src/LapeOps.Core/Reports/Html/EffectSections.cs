using System.Globalization;
using LapeOps.Evaluation;

namespace LapeOps.Reports.Html;

/// <summary>Sections on what interventions do.</summary>
internal static class EffectSections
{
    /// <summary>Changes of the NLL, languages and controls by texts.</summary>
    public static void Perplexity(HtmlWriter html, PerplexityMatrix matrix, IReadOnlyDictionary<string, ReportTable> tables)
    {
        var texts = matrix.Texts;
        var digits = texts.Count > 12 ? 2 : 3;
        double?[] Changes(int row) => [.. texts.Select((_, text) => row == 0 ? null : (double?)matrix.Change(row, text))];
        var rows = matrix.Rows.Select((r, i) => new HeatMap.Row(i == 0 ? $"{r.Mask} (NLL)" : r.Mask, TableView.Text((long)r.Neurons, ColumnKind.Count),
            i > 0 && r.Kind != matrix.Rows[i - 1].Kind, Changes(i))).ToArray();
        var most = rows.SelectMany(r => r.Values).Max(v => Math.Abs(v ?? 0));
        html.Element("p", "Each row switches neurons off, each column is a language's held-out text, and a cell is the change of its mean negative log-likelihood in nats a token: "
            + "above 0 the text suffers. Frames hold the effect of a language's neurons on its own text. Beside a name: neurons that are off. Controls are random neurons.", ("class", "note"));
        if (most > 0)
            HeatMap.Scale(html, [.. new[] { -1, -0.5, 0, 0.5, 1 }.Select(f => (f * most, TableView.Change(f * most, 2)))], most);
        HeatMap.Write(html, "heat-perplexity", "Change of the NLL under masks", "off, text", texts, rows, most,
            (row, text) => row == 0 ? matrix.Nll(0, text).ToString(digits == 2 ? "0.00" : "0.000", CultureInfo.InvariantCulture) : TableView.Change(matrix.Change(row, text), digits),
            (row, text) => matrix.Rows[row].Kind == MatrixRowKind.Language && matrix.Rows[row].Language == texts[text]);
        TableView.WriteFolded(html, tables["perplexity"]);
        if (!tables.TryGetValue("significance", out var significance))
            return;
        html.Element("p", (matrix.Significant is { Length: > 0 } significant ? $"Significant against every other mask: {string.Join(", ", significant)}. " : "No language's mask is significant against every other. ")
            + "One-sided paired tests over the rows of the language's own text, Benjamini-Hochberg over all comparisons, q of t below 0.05.", ("class", "note"));
        TableView.WriteFolded(html, significance);
    }

    /// <summary>What some of the neurons do.</summary>
    public static void Ablation(HtmlWriter html, IReadOnlyDictionary<string, ReportTable> tables)
    {
        html.Element("p", "Change of the mean negative log-likelihood in nats a token while some of a language's neurons are off: the top share of all neurons (Rate), those of one layer (Layer), "
            + "or those with as many owners (Owners).", ("class", "note"));
        TableView.Write(html, tables["ablation"]);
    }

    /// <summary>Shares of answers in the language that they were steered to.</summary>
    public static void Steering(HtmlWriter html, SteeringTable steering, IReadOnlyDictionary<string, ReportTable> tables)
    {
        html.Element("p", "Full marks are joint success: the answer and its first half are in the target language, and it neither repeats itself nor is unlikely under the unmodified model. "
            + "Hollow marks are answers in the target language, whatever their quality. Lines are 95 % intervals (Wilson).", ("class", "note"));
        var methods = steering.Rows.Select(r => r.Method).Distinct().ToArray();
        if (steering.Rows.Count > 0)
            IntervalChart.Write(html, "chart-steering", "Joint success by target and method", ("joint success", "on target"),
                [.. steering.Rows.GroupBy(r => (r.Source, r.Target)).Select(g => ($"{g.Key.Source} → {g.Key.Target}", (IReadOnlyList<IntervalChart.Share>)[.. g.Select(r => Share(r, methods))]))]);
        TableView.Write(html, tables["steering"]);
    }

    /// <summary>A method with its strength.</summary>
    public static string Method(string method, double? strength) =>
        strength is { } alpha ? string.Create(CultureInfo.InvariantCulture, $"{method}, α = {alpha:0.###}") : method;

    private static IntervalChart.Share Share(SteeringRow row, string[] methods)
    {
        var style = row.Method is "none" or "control" ? "soft" : $"s{new[] { 1, 0, 3, 5, 6, 8 }[methods.IndexOf(row.Method) % 6]}";
        return new(Method(row.Method, row.Strength), style, row.Joint.Value, row.Joint.Low, row.Joint.High, row.OnTarget.Value);
    }
}
