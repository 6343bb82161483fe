using System.Collections.Concurrent;

namespace LapeOps.Tokenization.Unicode;

/// <summary>
/// The character properties that tokenizers ask for, of fixed Unicode versions, so that token ids depend on no runtime.
/// The library whose ids we reproduce uses 16.0 in regular expressions, 17.0 in its Digits pre-tokenizer and for lower cases, 9.0 for
/// normalization and 8.0 for punctuation.
/// </summary>
internal static class UnicodeProperties
{
    private static readonly string[] Groups = ["L", "M", "N", "P", "S", "Z"];
    private static readonly string[] Categories =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf",
    ];

    private static readonly ConcurrentDictionary<string, CodePointSet> Parsed = new();

    private static readonly Lazy<Dictionary<int, int>> LowerCases = new(() =>
        CodePointMap.Parse(UnicodeTables.Lowercase + " A7CE=A7CF A7D2=A7D3 A7D4=A7D5 16EA0-16EB8=16EBB").ToDictionary(m => m.Key, m => m.Value[0]));

    /// <summary>White_Space (PropList.txt, the same in 16.0 and 17.0): <c>\s</c>.</summary>
    public static CodePointSet WhiteSpace { get; } = CodePointSet.Parse("9-D 20 85 A0 1680 2000-200A 2028-2029 202F 205F 3000");

    /// <summary>
    /// The numbers (Nd, Nl, No) of Unicode 17.0: those of 16.0 and the 13 that it adds (DerivedGeneralCategory-17.0.0.txt).
    /// </summary>
    public static CodePointSet Number17 => Parsed.GetOrAdd(nameof(Number17),
        _ => CodePointSet.Union(Category("N")!, CodePointSet.Parse("11DE0-11DE9 16FF4-16FF6")));

    /// <summary>The marks (Mn, Mc, Me) of Unicode 9.0, by which accents are stripped.</summary>
    public static CodePointSet Mark9 => Parsed.GetOrAdd(nameof(Mark9), _ => CodePointSet.Parse(NormalizationTables.Marks));

    /// <summary>The punctuation (P) of Unicode 8.0, and the symbols of ASCII, which count as such.</summary>
    public static CodePointSet Punctuation8 => Parsed.GetOrAdd(nameof(Punctuation8),
        _ => CodePointSet.Union(CodePointSet.Parse(NormalizationTables.Punctuation), CodePointSet.Parse("21-2F 3A-40 5B-60 7B-7E")));

    /// <summary>
    /// The lower case of a character in Unicode 17.0, but for U+0130, which has two characters: those of 16.0 and the 28 that it adds.
    /// </summary>
    public static int Lowercase(int codePoint) => LowerCases.Value.GetValueOrDefault(codePoint, codePoint);

    /// <summary>
    /// <c>\w</c> of UTS #18 annex C (Alphabetic, M, Nd, Pc, Join_Control), 16.0. Alphabetic is L, Nl, some of M, and the
    /// circled and squared letters among the symbols.
    /// </summary>
    public static CodePointSet Word => Parsed.GetOrAdd(nameof(Word), _ => CodePointSet.Union(
        Category("L")!, Category("M")!, Category("Nd")!, Category("Nl")!, Category("Pc")!,
        CodePointSet.Parse("200C-200D 24B6-24E9 1F130-1F149 1F150-1F169 1F170-1F189")));

    /// <summary>
    /// A general category (Lu) or group of them (L) of Unicode 16.0; null for a name that is none or is not kept (C, Cn, Co, Cs).
    /// </summary>
    public static CodePointSet? Category(string name)
    {
        if (Groups.Contains(name))
            return Parsed.GetOrAdd(name, n => CodePointSet.Union(Categories.Where(c => c[0] == n[0]).Select(c => Category(c)!)));
        return UnicodeTables.Category(name) is { } ranges ? Parsed.GetOrAdd(name, _ => CodePointSet.Parse(ranges)) : null;
    }
}
