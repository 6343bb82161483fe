using System.Globalization;

namespace LapeOps.Host;

/// <summary>How many columns of a terminal a text takes: East Asian wide characters two, combining marks none.</summary>
internal static class Cells
{
    // Blocks of Unicode's EastAsianWidth.txt with the values W and F, in the Basic Multilingual Plane.
    private static readonly (char First, char Last)[] Wide =
    [
        ('\u1100', '\u115F'), ('\u2E80', '\u303E'), ('\u3041', '\uA4CF'), ('\uA960', '\uA97C'), ('\uAC00', '\uD7A3'),
        ('\uF900', '\uFAFF'), ('\uFE30', '\uFE6F'), ('\uFF00', '\uFF60'), ('\uFFE0', '\uFFE6'),
    ];

    /// <summary>The columns of one UTF-16 unit; each half of a surrogate pair counts one, right for emoji and rare Han.</summary>
    public static int Width(char unit)
    {
        if (unit < '\u0300')
            return 1;
        if (char.GetUnicodeCategory(unit) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return Array.Exists(Wide, block => unit >= block.First && unit <= block.Last) ? 2 : 1;
    }

    /// <summary>The columns of a text.</summary>
    public static int Width(ReadOnlySpan<char> text)
    {
        var width = 0;
        foreach (var unit in text)
            width += Width(unit);
        return width;
    }

    /// <summary>The longest start of a text that takes at most so many columns.</summary>
    public static string Fit(string text, int columns)
    {
        var width = 0;
        for (var i = 0; i < text.Length; i++)
        {
            width += Width(text[i]);
            if (width > columns)
                return text[..(i > 0 && char.IsLowSurrogate(text[i]) ? i - 1 : i)];
        }

        return text;
    }
}
