using System.Text.Encodings.Web;
using System.Text.Json;

namespace LapeOps.Reports;

/// <summary>
/// A summary as JSON: <c>{"format": "lapeops-report/1", "title": "", "tables": {"languages": {"title": "", "rows": [{"Language": "en"}]}}}</c>,
/// with the names of the CSV's columns. What is not a number is null; halves of surrogate pairs become U+FFFD.
/// </summary>
internal static class ReportJson
{
    private static readonly JsonWriterOptions _writing = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(EvaluationSummary summary, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, _writing);
        json.WriteStartObject();
        json.WriteString("format", "lapeops-report/1");
        json.WriteString("title", summary.Title);
        json.WriteStartObject("tables");
        foreach (var table in summary.Tables)
        {
            json.WriteStartObject(table.Name);
            json.WriteString("title", table.Title);
            json.WriteStartArray("rows");
            foreach (var row in table.Rows)
            {
                json.WriteStartObject();
                for (var i = 0; i < row.Count; i++)
                {
                    json.WritePropertyName(table.Columns[i].Name);
                    WriteValue(json, row[i]);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool yes:
                json.WriteBooleanValue(yes);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
        }
    }
}
