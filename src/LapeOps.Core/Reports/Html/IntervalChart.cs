using System.Globalization;

namespace LapeOps.Reports.Html;

/// <summary>Shares with their confidence intervals, a row each, in groups.</summary>
internal static class IntervalChart
{
    private const double Left = 190, Right = 60, Width = 900, Row = 20, Head = 30;

    /// <summary>A row.</summary>
    /// <param name="Label">What it is.</param>
    /// <param name="Style">Class of its marks.</param>
    /// <param name="Value">The share.</param>
    /// <param name="Low">Lower end of its interval.</param>
    /// <param name="High">Upper end.</param>
    /// <param name="Beside">A share to compare with, shown hollow.</param>
    public readonly record struct Share(string Label, string Style, double Value, double Low, double High, double Beside);

    /// <summary>Writes the chart.</summary>
    /// <param name="html">Where.</param>
    /// <param name="id">Its id in the page.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="names">What the full and the hollow mark are.</param>
    /// <param name="groups">Rows by group.</param>
    public static void Write(HtmlWriter html, string id, string title, (string Full, string Hollow) names, IReadOnlyList<(string Name, IReadOnlyList<Share> Rows)> groups)
    {
        var height = Head + groups.Sum(g => Head + (g.Rows.Count * Row)) + 10;
        double X(double share) => Left + (share * (Width - Left - Right));
        html.OpenChart(id, title, Description(names, groups), Width, height);
        for (var tick = 0; tick <= 4; tick++)
            html.Line(X(tick / 4.0), Head - 6, X(tick / 4.0), height - 8, tick == 0 ? "axis" : "grid").Label(X(tick / 4.0), Head - 13, $"{tick * 25} %", "middle", "tick");
        double y = Head;
        foreach (var (name, rows) in groups)
        {
            html.Label(12, y + 18, name, style: "group");
            y += Head;
            foreach (var row in rows)
            {
                Mark(html, row, names, X, y);
                y += Row;
            }
        }
        html.CloseChart();
    }

    private static void Mark(HtmlWriter html, Share row, (string Full, string Hollow) names, Func<double, double> x, double y)
    {
        var middle = y + (Row / 2) - 2;
        html.Label(Left - 12, middle + 4, row.Label, "end", "tick");
        if (!double.IsFinite(row.Value))
            return;
        html.Open("g", ("class", row.Style)).Element("title", string.Create(CultureInfo.InvariantCulture,
                $"{row.Label}: {names.Full} {row.Value:0 %} ({row.Low:0 %} to {row.High:0 %}), {names.Hollow} {row.Beside:0 %}"))
            .Line(x(row.Low), middle, x(row.High), middle, "whisker");
        if (double.IsFinite(row.Beside))
            html.Empty("circle", ("class", "hollow"), ("cx", Svg.N(x(row.Beside))), ("cy", Svg.N(middle)), ("r", "5"));
        html.Empty("circle", ("class", "full"), ("cx", Svg.N(x(row.Value))), ("cy", Svg.N(middle)), ("r", "4")).Close();
        html.Label(Width - Right + 12, middle + 4, row.Value.ToString("0 %", CultureInfo.InvariantCulture), style: "value");
    }

    private static string Description((string Full, string Hollow) names, IReadOnlyList<(string Name, IReadOnlyList<Share> Rows)> groups) =>
        $"Shares with 95 % intervals: {names.Full} as full marks, {names.Hollow} as hollow ones. "
        + string.Join(" ", groups.Select(g => $"{g.Name}: {string.Join(", ", g.Rows.Where(r => double.IsFinite(r.Value)).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Label} {r.Value:0 %}")))}."))
        + " The data stands in the table below.";
}
