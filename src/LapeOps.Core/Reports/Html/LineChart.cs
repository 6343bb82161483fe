using System.Globalization;

namespace LapeOps.Reports.Html;

/// <summary>Lines of shares from 0 to 1 over a logarithmic axis, with their names at their ends.</summary>
internal static class LineChart
{
    private const double Left = 44, Top = 18, Right = 84, Bottom = 40, Width = 900, Height = 320;

    /// <summary>A point of a line.</summary>
    public readonly record struct Point(double X, double Y, string Tooltip);

    /// <summary>Writes the chart.</summary>
    /// <param name="html">Where.</param>
    /// <param name="id">Its id in the page.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="axes">What x and y are.</param>
    /// <param name="series">Names of the lines; one that is not among them is drawn in the colour of text.</param>
    /// <param name="lines">Points by name, ascending.</param>
    /// <param name="goal">A height to mark.</param>
    public static void Write(HtmlWriter html, string id, string title, (string X, string Y) axes, Series series, IReadOnlyList<(string Name, IReadOnlyList<Point> Points)> lines, double goal)
    {
        var (least, most) = (lines.Min(l => l.Points.Min(p => p.X)), lines.Max(l => l.Points.Max(p => p.X)));
        if (least == most)
            (least, most) = (least / 2, most * 2);
        double X(double value) => Left + ((Math.Log(value) - Math.Log(least)) / (Math.Log(most) - Math.Log(least)) * (Width - Left - Right));
        double Y(double value) => Top + ((1 - Math.Clamp(value, 0, 1)) * (Height - Top - Bottom));
        string Class(string name) => series.Names.Contains(name) ? series.Class(name) : "ink";

        html.OpenChart(id, title, Description(axes, lines), Width, Height);
        for (var tick = 0; tick <= 5; tick++)
            html.Line(Left, Y(tick / 5.0), Width - Right, Y(tick / 5.0), tick == 0 ? "axis" : "grid")
                .Label(Left - 8, Y(tick / 5.0) + 4, (tick / 5.0).ToString("0.0", CultureInfo.InvariantCulture), "end", "tick");
        foreach (var tick in Svg.LogTicks(least, most))
            html.Line(X(tick), Y(0), X(tick), Y(0) + 4, "axis").Label(X(tick), Y(0) + 17, Svg.Short(tick), "middle", "tick");
        html.Line(Left, Y(goal), Width - Right, Y(goal), "goal").Label(Width - Right, Y(goal) - 5, goal.ToString("0.##", CultureInfo.InvariantCulture), "end", "tick")
            .Label(Left - 8, 10, axes.Y, style: "name").Label((Left + Width - Right) / 2, Height - 4, axes.X, "middle", "name");
        foreach (var (name, points) in lines.OrderByDescending(l => Class(l.Name) == "other"))
        {
            html.Empty("polyline", ("class", $"path {Class(name)}"), ("points", string.Join(' ', points.Select(p => $"{Svg.N(X(p.X))},{Svg.N(Y(p.Y))}"))));
            foreach (var point in points)
                html.Open("circle", ("class", $"dot {Class(name)}"), ("cx", Svg.N(X(point.X))), ("cy", Svg.N(Y(point.Y))), ("r", "3.5")).Element("title", point.Tooltip).Close();
        }
        Ends(html, [.. lines.Where(l => Class(l.Name) != "other").Select(l => (l.Name, X(l.Points[^1].X), Y(l.Points[^1].Y), Y(l.Points[^1].Y)))], Class);
        html.CloseChart();
    }

    // From the top down, each at least a line of text below the one before; then up again from the axis.
    private static void Ends(HtmlWriter html, (string Name, double X, double Y, double Label)[] ends, Func<string, string> style)
    {
        const double line = 13;
        ends = [.. ends.OrderBy(e => e.Y)];
        for (var i = 1; i < ends.Length; i++)
            ends[i].Label = Math.Max(ends[i].Label, ends[i - 1].Label + line);
        for (var i = ends.Length - 1; i >= 0; i--)
            ends[i].Label = Math.Min(ends[i].Label, i == ends.Length - 1 ? Height - Bottom : ends[i + 1].Label - line);
        foreach (var (name, x, y, label) in ends)
            html.Line(x + 5, y, x + 18, label, $"leader {style(name)}").Label(x + 22, label + 4, name, style: "end");
    }

    private static string Description((string X, string Y) axes, IReadOnlyList<(string Name, IReadOnlyList<Point> Points)> lines) =>
        $"Lines, {axes.Y} against {axes.X} on a logarithmic axis. At their ends: "
        + string.Join(", ", lines.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name} {l.Points[^1].Y:0.00}"))) + ". The data stands in the table below.";
}
