using System.Globalization;

namespace LapeOps.Reports.Html;

/// <summary>What charts share: numbers, scales, text.</summary>
internal static class Svg
{
    /// <summary>A coordinate.</summary>
    public static string N(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Opens a chart with its text alternative. It is never narrower than its labels can be read; its box scrolls.</summary>
    public static HtmlWriter OpenChart(this HtmlWriter html, string id, string title, string description, double width, double height) => html
        .Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-label", title))
        .Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("id", id), ("class", "chart"), ("role", "img"), ("aria-labelledby", $"{id}-title {id}-desc"),
            ("viewBox", $"0 0 {N(width)} {N(height)}"), ("width", N(width)), ("height", N(height)))
        .Element("title", title, ("id", $"{id}-title"))
        .Element("desc", description, ("id", $"{id}-desc"));

    /// <summary>Closes what <see cref="OpenChart"/> opened.</summary>
    public static HtmlWriter CloseChart(this HtmlWriter html) => html.Close().Close();

    /// <summary>Text at a place.</summary>
    public static HtmlWriter Label(this HtmlWriter html, double x, double y, string text, string anchor = "start", string? style = null) =>
        html.Element("text", text, ("x", N(x)), ("y", N(y)), ("text-anchor", anchor == "start" ? null : anchor), ("class", style));

    /// <summary>A line from a place to another.</summary>
    public static HtmlWriter Line(this HtmlWriter html, double x1, double y1, double x2, double y2, string style) =>
        html.Empty("line", ("x1", N(x1)), ("y1", N(y1)), ("x2", N(x2)), ("y2", N(y2)), ("class", style));

    /// <summary>Round numbers from 0 to at least <paramref name="most"/>, four to six of them.</summary>
    public static IReadOnlyList<double> Ticks(double most)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(most, 1) / 4)));
        step = new[] { 1, 2, 5, 10 }.Select(f => f * step).First(s => most / s <= 5);
        step = Math.Max(step, 1);
        return [.. Enumerable.Range(0, (int)Math.Ceiling(Math.Max(most, 1) / step) + 1).Select(i => i * step)];
    }

    /// <summary>1, 2 and 5 times powers of ten between two numbers.</summary>
    public static IReadOnlyList<double> LogTicks(double least, double most)
    {
        var ticks = new List<double>();
        for (var power = Math.Pow(10, Math.Floor(Math.Log10(least))); power <= most; power *= 10)
            ticks.AddRange(new[] { 1, 2, 5 }.Select(f => f * power).Where(t => t >= least && t <= most));
        return ticks;
    }

    /// <summary>A large number, short: 20k, 1.5M.</summary>
    public static string Short(double number) => number switch
    {
        >= 1e9 => $"{(number / 1e9).ToString("0.#", CultureInfo.InvariantCulture)}G",
        >= 1e6 => $"{(number / 1e6).ToString("0.#", CultureInfo.InvariantCulture)}M",
        >= 1e3 => $"{(number / 1e3).ToString("0.#", CultureInfo.InvariantCulture)}k",
        _ => number.ToString("0.#", CultureInfo.InvariantCulture),
    };
}
