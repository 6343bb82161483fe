using System.Globalization;
using System.Text.Json;

namespace LapeOps.Formats;

/// <summary>
/// Parses JSON and refuses halves of surrogate pairs written as escapes (\ud800). JsonDocument takes them, and throws no JsonException but an
/// InvalidOperationException later on: where such a text is read, or where a key is only compared with another.
/// </summary>
public static class StrictJson
{
    /// <summary>The document of UTF-8 text.</summary>
    /// <exception cref="JsonException">It is not valid.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options = default)
    {
        RequireWholeCharacters(utf8.Span);
        return JsonDocument.Parse(utf8, options);
    }

    private static void RequireWholeCharacters(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf((byte)'\\') is >= 0 and var next)
        {
            json = json[next..];
            var unit = Unit(json);
            if (char.IsLowSurrogate(unit) || (char.IsHighSurrogate(unit) && !char.IsLowSurrogate(Unit(json[6..]))))
                throw new JsonException($"a text in it has half of a surrogate pair (\\u{(int)unit:x4})");
            json = json[Math.Min(json.Length, unit == 0 ? 2 : char.IsHighSurrogate(unit) ? 12 : 6)..];
        }
    }

    // The UTF-16 unit of an escape \uXXXX at the beginning; 0 of anything else.
    private static char Unit(ReadOnlySpan<byte> escape) =>
        escape.Length >= 6 && escape.StartsWith("\\u"u8) && ushort.TryParse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : '\0';
}
