using System.Text.Json;

namespace LapeOps.Corpora;

/// <summary>Documents of JSON lines (jsonlines.org): an object a line, the text in one of its fields. Empty lines are passed over.</summary>
internal static class JsonlDocuments
{
    public static IEnumerable<string> Read(string path, string field)
    {
        var number = 0L;
        foreach (var line in TextDocuments.Lines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return Text(line, field, path, number);
        }
    }

    private static string Text(string line, string field, string path, long number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw Invalid(path, number, $"it is a JSON {json.RootElement.ValueKind}, not an object");
            if (!json.RootElement.TryGetProperty(field, out var text))
                throw Invalid(path, number, $"it has no field '{field}', but {string.Join(", ", json.RootElement.EnumerateObject().Take(8).Select(p => p.Name))}. Name the field with -TextField");
            return text.ValueKind == JsonValueKind.String ? text.GetString()! : throw Invalid(path, number, $"'{field}' is a JSON {text.ValueKind}, not a string");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair as \uD800.
            throw Invalid(path, number, $"it is not JSON: {e.Message}", e);
        }
    }

    private static LapeException Invalid(string path, long line, string what, Exception? inner = null) =>
        new("CorpusInvalid", $"{path}, line {line}: {what}.", inner);
}
