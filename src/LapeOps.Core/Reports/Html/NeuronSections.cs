using System.Globalization;
using LapeOps.Evaluation;
using LapeOps.Masks;

namespace LapeOps.Reports.Html;

/// <summary>Sections on the neurons themselves: where they are, whose they are, how sure that is.</summary>
internal static class NeuronSections
{
    /// <summary>Neurons by layer and language.</summary>
    public static void Neurons(HtmlWriter html, NeuronMask? mask, IReadOnlyDictionary<string, ReportTable> tables)
    {
        if (mask is not null)
        {
            var counts = mask.Languages.ToDictionary(l => l, l => Enumerable.Range(0, mask.Layers).Select(layer => mask.Neurons(l, layer).Length).ToArray());
            var series = Series.Of(mask.Languages, l => mask.Count(l));
            html.Element("p", "Neurons in each layer, from the first layer at the left. A neuron of several languages counts in each.", ("class", "note"));
            StackedBars.Write(html, "chart-neurons", "Neurons by layer and language", ("layer", "neurons"), series,
                [.. Enumerable.Range(0, mask.Layers).Select(layer => (Func<string, int>)(name => counts[name][layer]))]);
            if (series.Others > 0)
            {
                html.Element("h3", "Every language");
                HeatMap.Write(html, "heat-neurons", "Neurons by language and layer", "language, layer",
                    [.. Enumerable.Range(0, mask.Layers).Select(l => l.ToString(CultureInfo.InvariantCulture))],
                    [.. mask.Languages.Select(l => new HeatMap.Row(l, TableView.Text((long)mask.Count(l), ColumnKind.Count), false, [.. counts[l].Select(n => (double?)n)]))],
                    Math.Max(1, counts.Values.Max(c => c.Max())), (row, layer) => counts[mask.Languages[row]][layer].ToString(CultureInfo.InvariantCulture), (_, _) => false, "seq");
            }
            TableView.WriteFolded(html, tables["neurons-by-layer"]);
            html.Element("h3", "Languages");
        }
        TableView.Write(html, tables["languages"]);
    }

    /// <summary>Neurons that languages share.</summary>
    public static void Overlap(HtmlWriter html, MaskAgreement agreement, IReadOnlyDictionary<string, ReportTable> tables)
    {
        var (a, b) = (agreement.LanguagesA, agreement.LanguagesB);
        // A mask's agreement with itself is 1 on the diagonal, which would fade everything else.
        var itself = a.SequenceEqual(b) && Enumerable.Range(0, a.Count).All(i => agreement.Jaccards[i][i] is null or 1);
        var rows = a.Select((name, i) => new HeatMap.Row(name, "", false, [.. b.Select((_, k) => itself && i == k ? null : agreement.Jaccards[i][k])])).ToArray();
        var most = rows.SelectMany(r => r.Values).Max() is { } found and > 0 ? found : 1;
        html.Element("p", itself
            ? "Numbers are neurons in both languages, and colours their Jaccard index: shared neurons over neurons of either. The frame holds a language's own neurons."
            : "Numbers are neurons that the first mask (rows) and the second (columns) share, and colours their Jaccard index: shared neurons over neurons of either.", ("class", "note"));
        HeatMap.Scale(html, [.. new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(f => (f * most, (f * most).ToString("0.00", CultureInfo.InvariantCulture)))], most, "seq");
        HeatMap.Write(html, "heat-overlap", "Neurons that languages share", "language", b, rows, most,
            (i, k) => agreement.Overlaps[i][k].ToString("N0", CultureInfo.InvariantCulture), (i, k) => a[i] == b[k], "seq");
        TableView.WriteFolded(html, tables["overlap"]);
    }

    /// <summary>Agreement of masks of parts of the texts.</summary>
    public static void Stability(HtmlWriter html, MaskStability stability, IReadOnlyDictionary<string, ReportTable> tables)
    {
        var lines = stability.Curve.Where(p => p.Tokens > 0 && double.IsFinite(p.Jaccard)).GroupBy(p => p.Language)
            .Select(g => (g.Key, (IReadOnlyList<LineChart.Point>)[.. g.OrderBy(p => p.Tokens).Select(p => new LineChart.Point(p.Tokens, p.Jaccard,
                string.Create(CultureInfo.InvariantCulture, $"{p.Language}, {p.Tokens:N0} tokens: {p.Jaccard:0.000} ± {p.Deviation:0.000}, {p.Pairs} pairs")))])).ToArray();
        if (lines.Length > 0)
        {
            var series = Series.Of([.. stability.Languages.Select(l => l.Language).Where(l => l != "any")], name => stability.Languages.First(l => l.Language == name).Neurons);
            html.Element("p", "How far masks of two disjoint parts of the texts agree, by the tokens of a part. 1 is the same mask twice; the dashed line is 0.95.", ("class", "note"));
            if (series.Others > 0)
                StackedBars.Legend(html, series);
            LineChart.Write(html, "chart-stability", "Agreement of masks by tokens", ("tokens of a part, logarithmic", "Jaccard"), series, lines, 0.95);
            TableView.WriteFolded(html, tables["stability-curve"]);
            html.Element("h3", "Languages");
        }
        TableView.Write(html, tables["stability"]);
    }
}
