using System.Globalization;

namespace LapeOps.Reports.Html;

/// <summary>A table of the report as a table of the page; a share and its interval are one cell.</summary>
internal static class TableView
{
    /// <summary>Writes a table in its own scrolling box.</summary>
    public static void Write(HtmlWriter html, ReportTable table)
    {
        html.Open("div", ("class", "scroll tall"), ("tabindex", "0"), ("role", "group"), ("aria-label", table.Title))
            .Open("table", ("class", "data"), ("id", $"table-{table.Name}"), ("data-rows", table.Rows.Count.ToString(CultureInfo.InvariantCulture)))
            .Element("caption", table.Title, ("class", "unseen")).Open("thead").Open("tr");
        foreach (var column in table.Columns.Where(IsShown))
            html.Element("th", column.Heading, ("scope", "col"), ("class", IsNumber(column) ? "n" : null));
        html.Close().Close().Open("tbody");
        foreach (var row in table.Rows)
        {
            html.Open("tr");
            for (var i = 0; i < row.Count; i++)
                if (IsShown(table.Columns[i]))
                    Cell(html, table, row, i);
            html.Close();
        }
        html.Close().Close().Close();
    }

    /// <summary>A table that opens at a click: the data of what is drawn above it.</summary>
    public static void WriteFolded(HtmlWriter html, ReportTable table)
    {
        html.Open("details").Open("summary").Write("Data").Element("span", $"{table.Title}, {table.Rows.Count.ToString("N0", CultureInfo.InvariantCulture)} rows; {table.Name}.csv").Close();
        Write(html, table);
        html.Close();
    }

    /// <summary>A value for people.</summary>
    public static string Text(object? value, ColumnKind kind) => (value, kind) switch
    {
        (null, _) => "–",
        (bool yes, _) => yes ? "yes" : "no",
        (long number, _) => number.ToString("N0", CultureInfo.InvariantCulture),
        (double share, ColumnKind.Share or ColumnKind.Low or ColumnKind.High) => share.ToString("0 %", CultureInfo.InvariantCulture),
        (double change, ColumnKind.Change) => Change(change),
        (double number, ColumnKind.Setting) => number.ToString("0.####", CultureInfo.InvariantCulture),
        (double number, _) => number.ToString(Math.Abs(number) switch { >= 1000 => "N0", >= 10 => "0.0", _ => "0.000" }, CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    /// <summary>A difference with its sign.</summary>
    public static string Change(double change, int digits = 4) =>
        change.ToString($"+0.{new string('0', digits)};\u22120.{new string('0', digits)};0", CultureInfo.InvariantCulture);

    private static void Cell(HtmlWriter html, ReportTable table, IReadOnlyList<object?> row, int i)
    {
        var column = table.Columns[i];
        var text = Text(row[i], column.Kind);
        if (!IsNumber(column))
        {
            html.Element("td", text, ("dir", column.Kind == ColumnKind.Prose ? "auto" : null), ("class", column.Kind switch { ColumnKind.Prose => "prose", ColumnKind.Code => "code", _ => null }));
            return;
        }
        html.Open("td", ("class", "n"), ("data-value", (row[i] as IFormattable)?.ToString(null, CultureInfo.InvariantCulture))).Write(text);
        if (i + 2 < row.Count && table.Columns[i + 1].Kind == ColumnKind.Low && row[i + 1] is not null)
            html.Element("small", $" {Text(row[i + 1], ColumnKind.Low)} to {Text(row[i + 2], ColumnKind.High)}");
        html.Close();
    }

    private static bool IsShown(ReportColumn column) => column.Kind is not (ColumnKind.Low or ColumnKind.High);

    private static bool IsNumber(ReportColumn column) => column.Kind is not (ColumnKind.Text or ColumnKind.Code or ColumnKind.Prose);
}
