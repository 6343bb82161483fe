using System.Text;

namespace LapeOps.Chat.Jinja;

/// <summary>Python's texts are lists of code points; .NET's are of UTF-16 units. Places in a text are Python's.</summary>
internal static class CodePoints
{
    /// <summary>Each code point as a text.</summary>
    public static IReadOnlyList<object?> Of(string text)
    {
        var points = new List<object?>(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var width = Width(text, at);
            points.Add(text.Substring(at, width));
            at += width;
        }
        return points;
    }

    /// <summary>Number of code points.</summary>
    public static int Count(Rendering rendering, string text)
    {
        rendering.Read(text);
        var pairs = 0;
        for (var i = 0; i + 1 < text.Length; i++)
            if (char.IsSurrogatePair(text[i], text[i + 1]))
                pairs++;
        return text.Length - pairs;
    }

    /// <summary>Code points at places.</summary>
    public static string At(string text, IEnumerable<int> places)
    {
        var result = new StringBuilder();
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            foreach (var place in places)
                result.Append(text[place]);
            return result.ToString();
        }
        var points = Of(text);
        foreach (var place in places)
            result.Append((string)points[place]!);
        return result.ToString();
    }

    private static int Width(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
}
