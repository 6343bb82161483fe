using System.Text;

namespace LapeOps.Chat.Jinja;

/// <summary>
/// Methods of texts. Letters change their case one by one, as Unicode's simple mappings say; Python's full ones (an ß becomes SS) are not here.
/// </summary>
internal static class TextMethods
{
    private static readonly Dictionary<string, Func<Rendering, string, Arguments, object?>> ByName = new(StringComparer.Ordinal)
    {
        ["strip"] = (r, text, a) => Strip(r, text, a.Takes("chars").Value(0, "chars", null), start: true, end: true),
        ["lstrip"] = (r, text, a) => Strip(r, text, a.Takes("chars").Value(0, "chars", null), start: true, end: false),
        ["rstrip"] = (r, text, a) => Strip(r, text, a.Takes("chars").Value(0, "chars", null), start: false, end: true),
        ["upper"] = (r, text, a) => Upper(r, text),
        ["lower"] = (r, text, a) => Lower(r, text),
        ["capitalize"] = (r, text, a) => Capitalize(r, text),
        ["title"] = (r, text, a) => Title(r, text, before => before is null || !char.IsLetter(before.Value)),
        ["startswith"] = (r, text, a) => Prefixes(r, a.Takes("prefix").Value(0, "prefix")).Any(p => text.StartsWith(p, StringComparison.Ordinal)),
        ["endswith"] = (r, text, a) => Prefixes(r, a.Takes("suffix").Value(0, "suffix")).Any(p => text.EndsWith(p, StringComparison.Ordinal)),
        ["removeprefix"] = (r, text, a) => Prefixes(r, a.Takes("prefix").Text(0, "prefix")).Any(p => text.StartsWith(p, StringComparison.Ordinal)) ? text[a.Text(0, "prefix").Length..] : text,
        ["removesuffix"] = (r, text, a) => Prefixes(r, a.Takes("suffix").Text(0, "suffix")).Any(p => text.EndsWith(p, StringComparison.Ordinal)) ? text[..^a.Text(0, "suffix").Length] : text,
        ["replace"] = (r, text, a) => Replace(r, text, a.Takes("old", "new", "count").Text(0, "old"), a.Text(1, "new"), a.Whole(2, "count", -1)),
        ["split"] = (r, text, a) => Split(r, text, a.Takes("sep", "maxsplit").Value(0, "sep", null), a.Whole(1, "maxsplit", -1), fromEnd: false),
        ["rsplit"] = (r, text, a) => Split(r, text, a.Takes("sep", "maxsplit").Value(0, "sep", null), a.Whole(1, "maxsplit", -1), fromEnd: true),
        ["splitlines"] = (r, text, a) => Lines(r, text),
        ["join"] = (r, text, a) => Operators.Concatenated(r, [.. Kinds.ItemsOf(r, a.Takes("items").Value(0, "items"))
            .Select(i => i as string ?? throw r.Failed($"{Kinds.Name(i)} cannot be joined to texts"))], text),
        ["find"] = (r, text, a) => Find(r, text, a.Takes("part").Text(0, "part")),
        ["count"] = (r, text, a) => Occurrences(r, text, a.Takes("part").Text(0, "part")),
        ["isdigit"] = (r, text, a) => All(r, text, char.IsDigit),
        ["isalpha"] = (r, text, a) => All(r, text, char.IsLetter),
        ["isalnum"] = (r, text, a) => All(r, text, char.IsLetterOrDigit),
        ["isspace"] = (r, text, a) => All(r, text, PythonText.IsSpace),
        ["isupper"] = (r, text, a) => text.Any(char.IsUpper) && All(r, text, c => !char.IsLower(c)),
        ["islower"] = (r, text, a) => text.Any(char.IsLower) && All(r, text, c => !char.IsUpper(c)),
    };

    /// <summary>A method of a text; null where there is no such.</summary>
    public static Callable? Of(Rendering rendering, string text, string name) => ByName.TryGetValue(name, out var method)
        ? new BuiltIn((r, arguments) => method(r, text, arguments))
        : name is "format" or "encode" or "zfill" or "center" or "ljust" or "rjust" or "partition" or "rpartition" or "translate" or "casefold" or "swapcase" or "rfind" or "index"
            ? throw rendering.Unsupported($"the method {name} of a text")
            : null;

    /// <summary>A text without whitespace, or the given characters, at its ends.</summary>
    public static string Strip(Rendering rendering, string text, object? characters, bool start, bool end)
    {
        if (characters is not (null or string))
            throw rendering.Failed($"{Kinds.Name(characters)} is no characters to strip");
        rendering.Read(text);
        var set = characters is string given ? new HashSet<Rune>(given.EnumerateRunes()) : null;
        var (first, last) = (0, text.Length);
        while (start && first < last && Rune.DecodeFromUtf16(text.AsSpan(first, last - first), out var rune, out var width) is var _ && Goes(rune))
            first += width;
        while (end && first < last && Rune.DecodeLastFromUtf16(text.AsSpan(first, last - first), out var rune, out var width) is var _ && Goes(rune))
            last -= width;
        rendering.Reserve(last - first);
        return text[first..last];

        bool Goes(Rune rune) => set?.Contains(rune) ?? (rune.IsBmp && PythonText.IsSpace((char)rune.Value));
    }

    /// <summary>A text in upper case.</summary>
    public static string Upper(Rendering rendering, string text)
    {
        rendering.Reserve(text.Length);
        return text.ToUpperInvariant();
    }

    /// <summary>A text in lower case.</summary>
    public static string Lower(Rendering rendering, string text)
    {
        rendering.Reserve(text.Length);
        return text.ToLowerInvariant();
    }

    /// <summary>A text with its first letter in upper case and all others in lower case.</summary>
    public static string Capitalize(Rendering rendering, string text) => Title(rendering, text, before => before is null);

    /// <summary>A text in which a letter is in upper case where a word begins, else in lower case.</summary>
    /// <param name="rendering">The run.</param>
    /// <param name="text">The text.</param>
    /// <param name="begins">Whether a word begins after a character; null is the text's start.</param>
    public static string Title(Rendering rendering, string text, Func<char?, bool> begins)
    {
        rendering.Reserve(text.Length);
        return string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = begins(i > 0 ? source[i - 1] : null) ? char.ToUpperInvariant(source[i]) : char.ToLowerInvariant(source[i]);
        });
    }

    /// <summary>A text with a part replaced, all of them where <paramref name="count"/> is negative.</summary>
    public static string Replace(Rendering rendering, string text, string old, string with, long count)
    {
        var times = Occurrences(rendering, text, old);
        times = count < 0 ? times : Math.Min(times, count);
        rendering.Reserve(text.Length + (times * ((long)with.Length - old.Length)));
        var result = new StringBuilder();
        var at = 0;
        for (; times > 0; times--)
        {
            var found = text.IndexOf(old, at, StringComparison.Ordinal);
            result.Append(text, at, found - at).Append(with);
            at = found + old.Length;
        }
        return result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>The lines of a text, without their ends (str.splitlines).</summary>
    public static ListValue Lines(Rendering rendering, string text)
    {
        rendering.Reserve(text.Length);
        var lines = new List<object?>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.AsSpan(at).IndexOfAny("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029");
            rendering.ReserveItems(1);
            if (end < 0)
            {
                lines.Add(text[at..]);
                break;
            }
            lines.Add(text.Substring(at, end));
            at += end + (text[at + end] == '\r' && at + end + 1 < text.Length && text[at + end + 1] == '\n' ? 2 : 1);
        }
        return new ListValue(lines);
    }

    private static ListValue Split(Rendering rendering, string text, object? separator, long most, bool fromEnd)
    {
        rendering.Reserve(text.Length);
        var at = separator switch
        {
            null => Words(text),
            "" => throw rendering.Failed("an empty separator splits nothing"),
            string part => Parts(rendering, text, part),
            _ => throw rendering.Failed($"{Kinds.Name(separator)} is no separator"),
        };
        rendering.ReserveItems(2L * at.Count);
        if (most >= 0 && most < at.Count - 1)
        {
            // The parts beyond the limit stay one, with what stands between them and at their end of the text.
            var kept = (int)most;
            at = fromEnd ? [(0, at[^(kept + 1)].End), .. at[^kept..]] : [.. at[..kept], (at[kept].Start, text.Length)];
        }
        return new ListValue([.. at.Select(object? (p) => text[p.Start..p.End])]);
    }

    private static List<(int Start, int End)> Parts(Rendering rendering, string text, string separator)
    {
        rendering.Search(text, separator);
        var parts = new List<(int, int)>();
        var at = 0;
        for (var found = text.IndexOf(separator, StringComparison.Ordinal); found >= 0; found = text.IndexOf(separator, at, StringComparison.Ordinal))
        {
            rendering.ReserveItems(1);
            parts.Add((at, found));
            at = found + separator.Length;
        }
        parts.Add((at, text.Length));
        return parts;
    }

    private static List<(int Start, int End)> Words(string text)
    {
        var words = new List<(int, int)>();
        for (var at = 0; at < text.Length; at++)
        {
            var start = at;
            while (at < text.Length && !PythonText.IsSpace(text[at]))
                at++;
            if (at > start)
                words.Add((start, at));
        }
        return words;
    }

    private static long Find(Rendering rendering, string text, string part)
    {
        rendering.Search(text, part);
        var at = text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : CodePoints.Count(rendering, text[..at]);
    }

    private static long Occurrences(Rendering rendering, string text, string part)
    {
        if (part.Length == 0)
            throw rendering.Unsupported("an empty text to look for");
        rendering.Search(text, part);
        var count = 0L;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
            count++;
        return count;
    }

    private static IEnumerable<string> Prefixes(Rendering rendering, object? given)
    {
        string[] prefixes = given switch
        {
            string one => [one],
            ListValue { Kind: ListKind.Tuple } several when several.Items.All(i => i is string) => [.. several.Items.Cast<string>()],
            _ => throw rendering.Failed($"{Kinds.Name(given)} is no beginning or end of a text"),
        };
        foreach (var prefix in prefixes)
            rendering.Read(prefix);
        return prefixes;
    }

    private static bool All(Rendering rendering, string text, Func<char, bool> holds)
    {
        rendering.Read(text);
        return text.Length > 0 && text.All(holds);
    }
}
