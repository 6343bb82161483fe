namespace LapeOps.Tokenization.Unicode;

/// <summary>
/// Extended grapheme clusters (UAX #29, Unicode 16.0) as far as they matter where only those of less than 6 bytes of UTF-8 count: without
/// the rules for flags, emoji joined by ZWJ and Indic conjuncts, whose clusters have 6 bytes or more, and so have what they break into or it
/// is single characters.
/// </summary>
internal static class GraphemeClusters
{
    private static readonly CodePointSet Extending = CodePointSet.Parse(UnicodeTables.Extending);
    private static readonly CodePointSet Standalone = CodePointSet.Parse(UnicodeTables.Standalone);
    private static readonly CodePointSet Prepended = CodePointSet.Parse(UnicodeTables.Prepended);

    /// <summary>Where the cluster ends that begins at <paramref name="first"/>.</summary>
    public static int End(ReadOnlySpan<char> text, int first)
    {
        var at = first;
        var previous = -1;
        foreach (var rune in text[first..].EnumerateRunes())
        {
            if (previous >= 0 && !Joins(previous, rune.Value))
                break;
            previous = rune.Value;
            at += rune.Utf16SequenceLength;
        }
        return at;
    }

    private static bool Joins(int left, int right)
    {
        if (left < 0x300 && right < 0x300)
            return left == '\r' && right == '\n';
        if (Standalone.Contains(left) || Standalone.Contains(right))
            return false;
        return Extending.Contains(right) || Prepended.Contains(left) || Hangul.IsJoined(left, right);
    }
}
