using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LapeOps.Fuzz.Mutations;

/// <summary>
/// Changes to the values and keys of JSON, as edits of its text, so that what no library would write (keys twice, halves of surrogate
/// pairs, numbers without end) can come of it.
/// </summary>
internal static class JsonMutator
{
    private static readonly string[] _values =
    [
        "null", "true", "false", "0", "\"\"", "[]", "{}", "[[]]", "[null]", "{\"\":null}", "\"a\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "[0,0]", "{\"a\":0,\"a\":1}",
    ];

    private static readonly string[] _numbers =
    [
        .. ByteMutator.Numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)),
        "9223372036854775808", "18446744073709551616", "99999999999999999999999999", "-0", "0.5", "1.0", "1e3", "1e308", "1e999", "-1E-999", "1e-400",
    ];

    private static readonly string[] _pieces =
    [
        "\\ud800", "\\udfff", "\\ud83d\\ude00", "\\u0000", "\\ufffd", "\\uffff", "\\n", " ", "\u2581", "\u0120", "<0x0A>", "<0xGG>", "$A", "$", ":", "/", "é", "\u00df", "e\u0301\u0301\u0301", "한", "x",
        "(", ")", "[", "]", "[^", "{1000000}", "{0,}", "{2,1}", "(a+)+", "(?:a|a)*", "(?i)", "(?=", "(?<!", "\\\\p{L}", "\\\\P{", "\\\\s+(?!\\\\S)", "\\\\", "|", "*", "+", "?", "^", "$", "\\\\b", "\\\\1",
    ];

    /// <param name="KeyBegin">Where a property's key begins; -1 for an item of a list and for the whole.</param>
    /// <param name="Begin">Where the value begins.</param>
    /// <param name="End">Where the value ends.</param>
    /// <param name="Type">The token that it begins with.</param>
    /// <param name="Inside">Whether it lies in a list or object.</param>
    private readonly record struct Value(int KeyBegin, int Begin, int End, JsonTokenType Type, bool Inside)
    {
        public int ElementBegin => KeyBegin >= 0 ? KeyBegin : Begin;
    }

    public static byte[] Mutate(byte[] json, Random random)
    {
        var values = Scan(json);
        if (values.Count == 0)
            return ByteMutator.Mutate(json, json, random);
        var (value, other) = (values[random.Next(values.Count)], values[random.Next(values.Count)]);
        return random.Next(12) switch
        {
            0 => Replace(json, value.Begin, value.End, Utf8(_values[random.Next(_values.Length)])),
            1 => Replace(json, value.Begin, value.End, json[other.Begin..other.End]),
            2 => Delete(json, value),
            3 => value.Inside ? Replace(json, value.End, value.End, [(byte)',', .. json[value.ElementBegin..value.End]]) : json,
            4 => Nest(json, value, random),
            5 or 6 => OfKind(values, random, JsonTokenType.Number) is { } number
                ? Replace(json, number.Begin, number.End, Utf8(_numbers[random.Next(_numbers.Length)]))
                : Replace(json, value.Begin, value.End, Utf8(_numbers[random.Next(_numbers.Length)])),
            7 or 8 => OfKind(values, random, JsonTokenType.String) is { } text ? InText(json, text, random) : json,
            9 => Rename(json, value, other, random),
            10 => Repeat(json, value, random),
            _ => ByteMutator.Mutate(json, json, random),
        };
    }

    /// <summary>Changes a string that holds JSON itself; null where there is none.</summary>
    public static byte[]? MutateInner(byte[] json, Random random)
    {
        var texts = Scan(json).FindAll(v => v.Type == JsonTokenType.String && v.End > v.Begin + 2 && json[v.Begin + 1] is (byte)'{' or (byte)'[');
        if (texts.Count == 0)
            return null;
        var text = texts[random.Next(texts.Count)];
        try
        {
            var inner = Utf8(JsonSerializer.Deserialize<string>(json.AsSpan(text.Begin, text.End - text.Begin))!);
            return Replace(json, text.Begin, text.End, JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(Mutate(inner, random))));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It has halves of surrogate pairs, and cannot be taken out.
            return null;
        }
    }

    private static List<Value> Scan(byte[] json)
    {
        var values = new List<Value>();
        var open = new Stack<int>();
        var key = -1;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    key = (int)reader.TokenStartIndex;
                    continue;
                }
                if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    var begun = open.Pop();
                    values[begun] = values[begun] with { End = (int)reader.BytesConsumed };
                    continue;
                }
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                    open.Push(values.Count);
                var inside = open.Count > (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? 1 : 0);
                values.Add(new(key, (int)reader.TokenStartIndex, (int)reader.BytesConsumed, reader.TokenType, inside));
                key = -1;
            }
        }
        catch (JsonException)
        {
            // Broken by a change before; what was whole until there can be changed further.
        }
        return values;
    }

    private static Value? OfKind(List<Value> values, Random random, JsonTokenType type)
    {
        for (var attempt = 0; attempt < 50; attempt++)
            if (values[random.Next(values.Count)] is var value && value.Type == type)
                return value;
        return null;
    }

    private static byte[] Delete(byte[] json, Value value)
    {
        var (begin, end) = (value.ElementBegin, value.End);
        // With the comma behind it or, of the last one, the one before it.
        var behind = Array.FindIndex(json, end, b => b is not ((byte)' ' or (byte)'\n'));
        if (behind >= 0 && json[behind] == (byte)',')
            end = behind + 1;
        else if (begin > 0 && Array.FindLastIndex(json, begin - 1, b => b is not ((byte)' ' or (byte)'\n')) is >= 0 and var before && json[before] == (byte)',')
            begin = before;
        return Replace(json, begin, end, []);
    }

    private static byte[] Nest(byte[] json, Value value, Random random)
    {
        var depth = random.Next(8) == 0 ? random.Next(100_000) : 1 + random.Next(random.Next(2) == 0 ? 3 : 100);
        var (open, close) = random.Next(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        return Replace(json, value.Begin, value.End,
            [.. Utf8(string.Concat(Enumerable.Repeat(open, depth))), .. json[value.Begin..value.End], .. Utf8(string.Concat(Enumerable.Repeat(close, depth)))]);
    }

    private static byte[] InText(byte[] json, Value text, Random random)
    {
        var at = text.Begin + 1 + random.Next(text.End - text.Begin - 1);
        var piece = _pieces[random.Next(_pieces.Length)];
        return Replace(json, at, at, Utf8(random.Next(20) == 0 ? string.Concat(Enumerable.Repeat(piece, 1 + random.Next(5000))) : piece));
    }

    private static byte[] Rename(byte[] json, Value value, Value other, Random random)
    {
        if (value.KeyBegin < 0)
            return Replace(json, value.Begin, value.End, json[other.Begin..other.End]);
        var end = json.AsSpan(value.KeyBegin + 1, value.Begin - value.KeyBegin - 1).LastIndexOf((byte)'"') + value.KeyBegin + 1;
        if (other.KeyBegin >= 0 && random.Next(2) == 0)
        {
            var otherEnd = json.AsSpan(other.KeyBegin + 1, other.Begin - other.KeyBegin - 1).LastIndexOf((byte)'"') + other.KeyBegin + 1;
            return Replace(json, value.KeyBegin + 1, end, json[(other.KeyBegin + 1)..otherEnd]);
        }
        var at = random.Next(value.KeyBegin + 1, end + 1);
        return Replace(json, at, at, Utf8(_pieces[random.Next(_pieces.Length)]));
    }

    private static byte[] Repeat(byte[] json, Value value, Random random)
    {
        var length = value.End - value.ElementBegin;
        var times = Math.Min(random.Next(4) == 0 ? random.Next(5000) : random.Next(10), (1 << 20) / Math.Max(length, 1));
        return value.Inside ? Replace(json, value.End, value.End, [.. Enumerable.Repeat<byte[]>([(byte)',', .. json[value.ElementBegin..value.End]], times).SelectMany(e => e)]) : json;
    }

    private static byte[] Replace(byte[] json, int begin, int end, byte[] by) => [.. json.AsSpan(0, begin), .. by, .. json.AsSpan(end)];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
