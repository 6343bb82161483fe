using LapeOps.Native;
using Lingua;

namespace LapeOps.Languages;

/// <summary>How much of a language the detector looks at.</summary>
public enum DetectorAccuracy
{
    /// <summary>Up to five letters in a row where a text is short: about 2.3 GB of models, half a minute to load on two cores.</summary>
    High,
    /// <summary>Three letters in a row: 0.2 GB, some seconds, and less accurate on texts below 120 letters.</summary>
    Low,
}

/// <summary>Tells which language a text is in (Lingua), over all languages that it knows and over those of a run alone.</summary>
public sealed class LanguageDetector : IDisposable
{
    // Measured with texts of all scripts: the process grows by it.
    private const long HighBytes = 2_300_000_000;
    private const long LowBytes = 200_000_000;

    private readonly IReadOnlyList<DetectableLanguage> _languages;
    private readonly Lingua.LanguageDetector _all;
    private readonly Lingua.LanguageDetector _ofRun;

    /// <summary>A detector for the languages of a run. Models are loaded when texts need them.</summary>
    /// <param name="languages">The run's names for its languages, two at least.</param>
    /// <param name="accuracy">How much of a language it looks at.</param>
    /// <param name="folder">The folder of language models; null for <see cref="DetectorModels.Folder"/>.</param>
    /// <exception cref="LapeException">LanguageUndetectable; LanguageModelsMissing; MemoryInsufficient.</exception>
    public LanguageDetector(IReadOnlyList<string> languages, DetectorAccuracy accuracy = DetectorAccuracy.High, string? folder = null)
    {
        Accuracy = accuracy;
        _languages = DetectableLanguage.Of(languages);
        if (_languages.Count < 2)
            throw new LapeException("LanguagesTooFew", $"Among {string.Join(", ", languages)} there is nothing to tell apart. Take two languages or more.");
        var models = DetectorModels.Require(folder);
        Memory.Require("The language detector", accuracy == DetectorAccuracy.High ? HighBytes : LowBytes, Memory.AvailableOnHost(),
            accuracy == DetectorAccuracy.High ? "Free memory, or take the small detector." : "Free memory.");
        _all = Build(LanguageDetectorBuilder.FromAllLanguages());
        _ofRun = Build(LanguageDetectorBuilder.FromLanguages([.. _languages.Select(l => l.Language)]));

        Lingua.LanguageDetector Build(LanguageDetectorBuilder builder)
        {
            builder.WithLanguageModelsDirectory(models);
            return (accuracy == DetectorAccuracy.High ? builder : builder.WithLowAccuracyMode()).Build();
        }
    }

    /// <summary>How much of a language it looks at.</summary>
    public DetectorAccuracy Accuracy { get; }

    /// <summary>The English name of a language of the run.</summary>
    public string EnglishName(string language) => _languages.First(l => l.Name == language).English;

    /// <summary>The top language over all: the run's name for it, or its ISO 639-1 code; empty where the text has none.</summary>
    public string Detect(string text) => NameOf(_all.DetectLanguageOf(text));

    /// <summary>The top language among the run's; empty where the text is in none.</summary>
    public string DetectOfRun(string text) => NameOf(_ofRun.DetectLanguageOf(text));

    /// <summary>Frees the models of high accuracy, which all detectors of the process share: one that is in use loads them again. The small ones stay.</summary>
    public void Dispose()
    {
        if (Accuracy == DetectorAccuracy.High)
            _all.UnloadLanguageModels();
    }

    private string NameOf(Language language) => language == Language.Unknown ? ""
        : _languages.FirstOrDefault(l => l.Language == language)?.Name ?? DetectableLanguage.Code(language);
}
