using System.Text;
using System.Text.Json;

namespace LapeOps.Corpora;

/// <summary>Documents of JSON lines (jsonlines.org): an object a line, the text in one of its fields. Empty lines are passed over.</summary>
internal static class JsonlDocuments
{
    // A line is held whole, as text, as UTF-8 and as what its field says.
    private const int MostCharacters = 1 << 24;

    public static IEnumerable<string> Read(string path, string field)
    {
        var number = 0L;
        foreach (var line in TextDocuments.Lines(path, MostCharacters))
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
            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                throw Invalid(path, number, $"it is a JSON {Kind(json.TokenType)}, not an object");
            string? text = null;
            var names = new List<string>();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isField = json.ValueTextEquals(field);
                if (names.Count < 8)
                    names.Add(json.GetString()!);
                json.Read();
                if (isField)
                    text = json.TokenType == JsonTokenType.String ? json.GetString() : throw Invalid(path, number, $"'{field}' is a JSON {Kind(json.TokenType)}, not a string");
                else
                    json.Skip();
            }
            // Nothing may follow.
            json.Read();
            return text ?? throw Invalid(path, number, $"it has no field '{field}', but {string.Join(", ", names)}. Name the field with -TextField");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair as \uD800.
            throw Invalid(path, number, $"it is not JSON: {e.Message}", e);
        }
    }

    private static string Kind(JsonTokenType type) => type.ToString().Replace("Start", "", StringComparison.Ordinal);

    private static LapeException Invalid(string path, long line, string what, Exception? inner = null) =>
        new("CorpusInvalid", $"{path}, line {line}: {what}.", inner) { File = path, Line = line };
}
