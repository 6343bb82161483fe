using System.Globalization;

namespace LapeOps.Tokenization.Unicode;

/// <summary>
/// Reads the maps of the generated tables. Entries are separated by spaces: FIRST=MAPPING,MAPPING.. maps consecutive code points,
/// FIRST-LAST=MAPPING every and FIRST-LAST/2=MAPPING every second one of a range to just as many. A mapping is code points joined by +.
/// </summary>
internal static class CodePointMap
{
    /// <summary>The map as written.</summary>
    public static Dictionary<int, int[]> Parse(string text)
    {
        var map = new Dictionary<int, int[]>();
        foreach (var entry in text.Split(' '))
        {
            var (keys, mappings) = Halves(entry, '=');
            var (range, step) = Halves(keys, '/');
            var (first, last) = Halves(range, '-');
            var key = Hex(first);
            if (last.Length == 0)
                foreach (var mapping in mappings.Split(','))
                    map[key++] = [.. mapping.Split('+').Select(Hex)];
            else
                for (int start = key, by = step.Length == 0 ? 1 : Hex(step); key <= Hex(last); key += by)
                    map[key] = [Hex(mappings) + key - start];
        }
        return map;
    }

    private static (string Left, string Right) Halves(string text, char separator) =>
        text.IndexOf(separator) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, "");

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
