namespace LapeOps.Reports;

/// <summary>What a column holds, and so how people see it. Files keep numbers in full.</summary>
public enum ColumnKind
{
    /// <summary>Text.</summary>
    Text,
    /// <summary>Text for machines, such as a hash.</summary>
    Code,
    /// <summary>A whole number.</summary>
    Count,
    /// <summary>A number that was measured.</summary>
    Number,
    /// <summary>A number that was given.</summary>
    Setting,
    /// <summary>A difference, with its sign.</summary>
    Change,
    /// <summary>A share from 0 to 1. The two columns after it may be the ends of its interval.</summary>
    Share,
    /// <summary>The lower end of the share before it.</summary>
    Low,
    /// <summary>The upper end of the share before it.</summary>
    High,
    /// <summary>Text of people or of a model, in any language.</summary>
    Prose,
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name in files, unique in the table.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Heading">Its name for people.</param>
public sealed record ReportColumn(string Name, ColumnKind Kind, string Heading);

/// <summary>A table of a report. CSV, JSON and HTML write the same one.</summary>
public sealed class ReportTable
{
    /// <summary>A table.</summary>
    /// <param name="name">Its name in files.</param>
    /// <param name="title">Its name for people.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="rows">A value for each column: text, a whole number, a double, a boolean or null. What is not a number is null.</param>
    public ReportTable(string name, string title, IReadOnlyList<ReportColumn> columns, IEnumerable<object?[]> rows)
    {
        Name = name;
        Title = title;
        Columns = columns.ToArray();
        Rows = rows.Select(row => row.Select(Known).ToArray()).ToArray();
        if (Rows.FirstOrDefault(r => r.Count != columns.Count) is { } odd)
            throw new ArgumentException($"A row of {name} has {odd.Count} values for {columns.Count} columns.", nameof(rows));
    }

    /// <summary>Its name in files.</summary>
    public string Name { get; }

    /// <summary>Its name for people.</summary>
    public string Title { get; }

    /// <summary>Its columns.</summary>
    public IReadOnlyList<ReportColumn> Columns { get; }

    /// <summary>[row][column].</summary>
    public IReadOnlyList<IReadOnlyList<object?>> Rows { get; }

    private static object? Known(object? value) => value switch
    {
        double number when !double.IsFinite(number) => null,
        double number => number + 0.0, // -0 becomes 0
        int number => (long)number,
        null or string or long or bool => value,
        _ => throw new ArgumentException($"A {value.GetType().Name} is no value of a table."),
    };
}
