namespace LapeOps.Tokenization.Unicode;

/// <summary>Hangul syllables and the conjoining letters they are composed of (The Unicode Standard, section 3.12).</summary>
internal static class Hangul
{
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int SyllableBase = 0xAC00;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    /// <summary>All syllables.</summary>
    public static CodePointSet Syllables { get; } = CodePointSet.Range(SyllableBase, SyllableBase + (Leads * Vowels * Tails) - 1);

    /// <summary>The letters that compose with what stands before them.</summary>
    public static CodePointSet Seconds { get; } =
        CodePointSet.Union(CodePointSet.Range(VowelBase, VowelBase + Vowels - 1), CodePointSet.Range(TailBase + 1, TailBase + Tails - 1));

    /// <summary>What two characters compose to, or -1.</summary>
    public static int Compose(int first, int second)
    {
        int lead = first - LeadBase, vowel = second - VowelBase, syllable = first - SyllableBase, tail = second - TailBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return SyllableBase + (((lead * Vowels) + vowel) * Tails);
        return syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && tail is > 0 and < Tails ? first + tail : -1;
    }

    /// <summary>Whether two characters belong to one syllable, in use or not (UAX #29, GB6 to GB8).</summary>
    public static bool IsJoined(int left, int right)
    {
        var leftSyllable = Syllables.Contains(left);
        var isVowel = right is (>= 0x1160 and <= 0x11A7) or (>= 0xD7B0 and <= 0xD7C6);
        var isTail = right is (>= 0x11A8 and <= 0x11FF) or (>= 0xD7CB and <= 0xD7FB);
        if (left is (>= LeadBase and <= 0x115F) or (>= 0xA960 and <= 0xA97C))
            return isVowel || right is (>= LeadBase and <= 0x115F) or (>= 0xA960 and <= 0xA97C) || Syllables.Contains(right);
        if (left is (>= 0x1160 and <= 0x11A7) or (>= 0xD7B0 and <= 0xD7C6) || (leftSyllable && (left - SyllableBase) % Tails == 0))
            return isVowel || isTail;
        return isTail && (leftSyllable || left is (>= 0x11A8 and <= 0x11FF) or (>= 0xD7CB and <= 0xD7FB));
    }

    /// <summary>Adds the letters of a syllable; false for what is none.</summary>
    public static bool Decompose(int codePoint, List<int> letters)
    {
        var syllable = codePoint - SyllableBase;
        if (syllable is < 0 or >= Leads * Vowels * Tails)
            return false;
        letters.Add(LeadBase + (syllable / Tails / Vowels));
        letters.Add(VowelBase + (syllable / Tails % Vowels));
        if (syllable % Tails > 0)
            letters.Add(TailBase + (syllable % Tails));
        return true;
    }
}
