using System.Globalization;

namespace LapeOps.Reports.Html;

/// <summary>
/// A matrix in colours, as a table: the numbers are its text, heads stay in sight while it scrolls in its box, and a reader without sight
/// gets it as the table that it is. Colours come in ten steps a direction, by classes, so that the page needs no style attributes.
/// </summary>
internal static class HeatMap
{
    private const int Steps = 10;
    // Columns from which cells are small, and from which paper is turned.
    private const int Dense = 12;
    private const int Vast = 24;

    /// <summary>A row: its name, a word beside it, whether a line parts it from the row before, and its values.</summary>
    public readonly record struct Row(string Name, string Beside, bool Apart, IReadOnlyList<double?> Values);

    /// <summary>Writes the map.</summary>
    /// <param name="html">Where.</param>
    /// <param name="id">Its id in the page.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="corner">What rows and columns are.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="most">The value that has the full colour; its negative has the full colour of the other end.</param>
    /// <param name="text">Text of a cell.</param>
    /// <param name="own">Whether a cell is framed: a language's own.</param>
    /// <param name="above">The class of values above 0: pos beside neg, or seq where there is nothing below.</param>
    public static void Write(HtmlWriter html, string id, string title, string corner, IReadOnlyList<string> columns, IReadOnlyList<Row> rows, double most,
        Func<int, int, string> text, Func<int, int, bool> own, string above = "pos")
    {
        html.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-label", title))
            .Open("table", ("class", columns.Count switch { > Vast => "heat dense vast", > Dense => "heat dense", _ => "heat" }), ("id", id)).Element("caption", title, ("class", "unseen"))
            .Open("thead").Open("tr").Element("th", corner, ("class", "corner"), ("colspan", "2"));
        foreach (var column in columns)
            html.Element("th", column, ("scope", "col"));
        html.Close().Close().Open("tbody");
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            html.Open("tr", ("class", row.Apart ? "apart" : null)).Open("th", ("scope", "row")).Element("bdi", row.Name).Close().Element("td", row.Beside, ("class", "beside"));
            for (var k = 0; k < columns.Count; k++)
                html.Element("td", text(i, k), ("class", Class(row.Values[k], most, own(i, k), above)), ("title", $"{row.Name}, {columns[k]}: {text(i, k)}"));
            html.Close();
        }
        html.Close().Close().Close();
    }

    /// <summary>The colours and what they mean.</summary>
    public static void Scale(HtmlWriter html, IReadOnlyList<(double Value, string Text)> marks, double most, string above = "pos")
    {
        html.Open("ul", ("class", "scale"), ("aria-hidden", "true"));
        foreach (var (value, label) in marks)
            html.Element("li", label, ("class", Class(value, most, false, above)));
        html.Close();
    }

    private static string Class(double? value, double most, bool own, string above)
    {
        var step = value is { } v && most > 0 ? (int)Math.Round(Math.Clamp(v / most, -1, 1) * Steps) : 0;
        var colour = step == 0 ? "k0" : string.Create(CultureInfo.InvariantCulture, $"{(step > 0 ? above : "neg")} k{Math.Abs(step)}");
        return own ? $"{colour} own" : colour;
    }
}
