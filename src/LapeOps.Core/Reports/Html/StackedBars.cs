using System.Globalization;

namespace LapeOps.Reports.Html;

/// <summary>Stacked bars over whole numbers, with a legend that tells sums.</summary>
internal static class StackedBars
{
    private const double Left = 44, Top = 18, Bottom = 40, Plot = 240;

    /// <summary>Writes the chart.</summary>
    /// <param name="html">Where.</param>
    /// <param name="id">Its id in the page.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="axes">What a bar and its height are.</param>
    /// <param name="series">Names of the parts.</param>
    /// <param name="values">[bar] value of a part.</param>
    public static void Write(HtmlWriter html, string id, string title, (string X, string Y) axes, Series series, IReadOnlyList<Func<string, int>> values)
    {
        var sums = values.Select(v => series.Names.Sum(v)).ToArray();
        var ticks = Svg.Ticks(sums.Max());
        var step = Math.Clamp(860.0 / values.Count, 11, 60);
        var width = Math.Max(320, Left + (step * values.Count) + 10);
        double Y(double value) => Top + Plot - (value / ticks[^1] * Plot);

        Legend(html, series, name => values.Sum(v => v(name)));
        html.OpenChart(id, title, Description(axes, sums), width, Top + Plot + Bottom);
        foreach (var tick in ticks)
            html.Line(Left, Y(tick), width - 10, Y(tick), tick == 0 ? "axis" : "grid")
                .Label(Left - 8, Y(tick) + 4, tick.ToString("N0", CultureInfo.InvariantCulture), "end", "tick");
        html.Label(Left - 8, 10, axes.Y, style: "name").Label(Left + (step * values.Count / 2), Top + Plot + 36, axes.X, "middle", "name");
        var every = new[] { 1, 2, 5, 10, 20 }.First(e => e * step >= 22 || e == 20);
        for (var bar = 0; bar < values.Count; bar++)
        {
            var (x, sum) = (Left + (step * bar) + (step * 0.14), 0);
            foreach (var (name, colour, value) in Parts(series, values[bar]).Where(p => p.Value > 0))
            {
                html.Open("rect", ("class", $"part {colour}"), ("x", Svg.N(x)), ("y", Svg.N(Y(sum + value))), ("width", Svg.N(step * 0.72)), ("height", Svg.N(Y(sum) - Y(sum + value))))
                    .Element("title", $"{axes.X} {bar}, {name}: {value}").Close();
                sum += value;
            }
            if (step >= 20 && sums[bar] > 0)
                html.Label(x + (step * 0.36), Y(sums[bar]) - 4, sums[bar].ToString("N0", CultureInfo.InvariantCulture), "middle", "value");
            if (bar % every == 0)
                html.Label(x + (step * 0.36), Top + Plot + 17, bar.ToString(CultureInfo.InvariantCulture), "middle", "tick");
        }
        html.CloseChart();
    }

    /// <summary>Names beside their colours.</summary>
    public static void Legend(HtmlWriter html, Series series, Func<string, int>? sum = null)
    {
        html.Open("ul", ("class", "legend"));
        foreach (var (name, colour, value) in Parts(series, sum ?? (_ => 0)))
            Entry(html, colour, name, sum is null ? null : value);
        html.Close();
    }

    // Those with a colour, then the sum of the others.
    private static IEnumerable<(string Name, string Colour, int Value)> Parts(Series series, Func<string, int> value)
    {
        foreach (var name in series.Coloured)
            yield return (name, series.Class(name), value(name));
        if (series.Others > 0)
            yield return ($"{series.Others} others", "other", series.Names.Except(series.Coloured).Sum(value));
    }

    private static void Entry(HtmlWriter html, string colour, string name, int? sum)
    {
        html.Open("li").Open("svg", ("class", "swatch"), ("viewBox", "0 0 10 10"), ("aria-hidden", "true")).Empty("rect", ("class", colour), ("width", "10"), ("height", "10")).Close();
        html.Element("bdi", name);
        if (sum is { } number)
            html.Element("b", number.ToString("N0", CultureInfo.InvariantCulture));
        html.Close();
    }

    private static string Description((string X, string Y) axes, int[] sums)
    {
        var most = sums.IndexOf(sums.Max());
        return string.Create(CultureInfo.InvariantCulture,
            $"Stacked bars, {axes.Y} by {axes.X}, {sums.Length} bars from 0 to {sums.Length - 1}. First {sums[0]:N0}, last {sums[^1]:N0}, most {sums[most]:N0} at {most}. The data stands in the table below.");
    }
}
