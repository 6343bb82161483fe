using System.Runtime.InteropServices;
using System.Text.Json;

namespace LapeOps.Formats;

/// <summary>JSON of somebody else's: what stands in a file may take many times its size when it is parsed, so its values are counted first.</summary>
public static class BoundedJson
{
    /// <summary>Values, and names of properties, that a text may have. Tokenizers with the largest vocabularies have two million.</summary>
    public const int MostValues = 5_000_000;

    /// <summary>Parses a text.</summary>
    /// <exception cref="JsonException">It is no JSON, or has too many values.</exception>
    public static JsonDocument Parse(byte[] json)
    {
        Require(json);
        return JsonDocument.Parse(json);
    }

    /// <summary>Parses a text.</summary>
    /// <exception cref="JsonException">It is no JSON, or has too many values.</exception>
    public static JsonDocument Parse(string json)
    {
        RequireFew(Count(MemoryMarshal.Cast<char, ushort>(json), ',', ':', '[', '{'));
        return JsonDocument.Parse(json);
    }

    /// <summary>Refuses a text with too many values.</summary>
    /// <exception cref="JsonException">It has too many.</exception>
    public static void Require(ReadOnlySpan<byte> json) => RequireFew(Count(json, (byte)',', (byte)':', (byte)'[', (byte)'{'));

    // Each value but the first comes after one of these. Those in strings count, too: they are few, and this takes no time.
    private static long Count<T>(ReadOnlySpan<T> json, params ReadOnlySpan<T> before)
        where T : IEquatable<T>
    {
        var count = 0L;
        foreach (var mark in before)
            count += json.Count(mark);
        return count;
    }

    private static void RequireFew(long values)
    {
        if (values > MostValues)
            throw new JsonException($"It has more than {MostValues:N0} values.");
    }
}
