using Lingua;

namespace LapeOps.Languages;

/// <summary>A language by the name that a run has for it, as the detector knows it.</summary>
/// <param name="Name">Its name in the run: an ISO 639 code, with or without a script or region (zh-Hans), or its English name.</param>
/// <param name="English">Its English name.</param>
/// <param name="Language">Lingua's own.</param>
internal sealed record DetectableLanguage(string Name, string English, Language Language)
{
    // Codes that are in use and not Lingua's: macrolanguages and their largest member.
    private static readonly Dictionary<string, Language> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["no"] = Language.Bokmal,
        ["nor"] = Language.Bokmal,
        ["Norwegian"] = Language.Bokmal,
        ["cmn"] = Language.Chinese,
        ["Mandarin"] = Language.Chinese,
    };

    private static readonly Dictionary<string, Language> Known = Names();

    /// <summary>A language of a run.</summary>
    /// <exception cref="LapeException">LanguageUndetectable.</exception>
    public static DetectableLanguage Of(string name)
    {
        var code = name.Split('-', '_')[0].Trim();
        return Known.TryGetValue(code, out var language) ? new(name, language.ToString(), language) : throw new LapeException("LanguageUndetectable",
            $"'{name}' is no language that the detector knows. Languages are named by ISO 639 codes (zh, zh-Hans, zho) or in English (Chinese). It knows: {string.Join(", ", LanguageInfo.All().Select(Code).Order(StringComparer.Ordinal))}.");
    }

    /// <summary>The languages of a run, of which no two are one to the detector.</summary>
    /// <exception cref="LapeException">LanguageUndetectable.</exception>
    public static IReadOnlyList<DetectableLanguage> Of(IEnumerable<string> names)
    {
        DetectableLanguage[] languages = [.. names.Select(Of)];
        if (languages.GroupBy(l => l.Language).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new LapeException("LanguageUndetectable",
                $"{string.Join(" and ", same.Select(l => $"'{l.Name}'"))} are all {same.Key} to the detector, which cannot tell them apart. Measure them in runs of their own.");
        return languages;
    }

    /// <summary>The ISO 639-1 code.</summary>
    public static string Code(Language language) => LanguageInfo.IsoCode6391(language).ToString().ToLowerInvariant();

    private static Dictionary<string, Language> Names()
    {
        var names = new Dictionary<string, Language>(Others, StringComparer.OrdinalIgnoreCase);
        foreach (var language in LanguageInfo.All())
        {
            names[Code(language)] = language;
            names[LanguageInfo.IsoCode6393(language).ToString()] = language;
            names[language.ToString()] = language;
        }
        return names;
    }
}
