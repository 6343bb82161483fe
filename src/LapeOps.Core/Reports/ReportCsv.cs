using System.Globalization;
using CsvHelper;

namespace LapeOps.Reports;

/// <summary>
/// A table as CSV: UTF-8 without a byte order mark, a header line, invariant culture, numbers that read back as they were. Text that a
/// spreadsheet would run as a formula (it starts with = + - @, tab or CR) gets an apostrophe in front, and only text: -0.5 stays a number.
/// The JSON has every text as it was.
/// </summary>
internal static class ReportCsv
{
    private static readonly CsvWriterOptions _writing = new()
    {
        FormatProvider = CultureInfo.InvariantCulture,
        NewLine = "\n",
        Injection = CsvInjection.Escape,
    };

    public static void Write(ReportTable table, Stream stream)
    {
        using var csv = CsvWriter.Create(stream, _writing, leaveOpen: true);
        csv.WriteHeader([.. table.Columns.Select(c => c.Name)]);
        foreach (var row in table.Rows)
        {
            foreach (var value in row)
                csv.WriteField(value);
            csv.EndRecord();
        }
    }
}
