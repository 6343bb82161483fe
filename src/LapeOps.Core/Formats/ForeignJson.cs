using System.Globalization;
using System.Text.Json;

namespace LapeOps.Formats;

/// <summary>
/// JSON of somebody else's, looked at before it is parsed. What stands in a file may take many times its size when it is parsed, so its values
/// are counted. Halves of surrogate pairs written as escapes (\ud800) are refused: JsonDocument takes them, and throws no JsonException but an
/// InvalidOperationException later on, where such a text is read or a key is only compared with another.
/// </summary>
public static class ForeignJson
{
    /// <summary>Values, and names of properties, that a text may have. Tokenizers with the largest vocabularies have two million.</summary>
    public const int MostValues = 5_000_000;

    /// <summary>The document of UTF-8 text.</summary>
    /// <exception cref="JsonException">It is no JSON, has too many values or half of a character.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options = default)
    {
        Require(utf8.Span);
        return JsonDocument.Parse(utf8, options);
    }

    /// <summary>Refuses what <see cref="Parse"/> refuses before it parses, for those who parse by other means.</summary>
    /// <exception cref="JsonException">It has too many values, or half of a character.</exception>
    public static void Require(ReadOnlySpan<byte> utf8)
    {
        // Each value but the first comes after one of these. Those in strings count, too: they are few, and this takes no time.
        if ((long)utf8.Count((byte)',') + utf8.Count((byte)':') + utf8.Count((byte)'[') + utf8.Count((byte)'{') > MostValues)
            throw new JsonException($"It has more than {MostValues:N0} values.");
        RequireWholeCharacters(utf8);
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
