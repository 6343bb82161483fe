using LapeOps.Engine.Tests.Support;
using LapeOps.GoldenRunner;
using LapeOps.Languages;

namespace LapeOps.Engine.Tests.Languages;

public sealed class LanguageDetectorTests
{
    private static readonly string[] Run = ["en", "zh", "fr", "es", "vi", "id", "ja"];

    // One for all tests, whose models stay loaded.
    private static readonly Lazy<LanguageDetector> Shared = new(() => new LanguageDetector(Run, DetectorAccuracy.Low));

    [Theory]
    [InlineData("en", "Everyone has the right to life, liberty and security of person.", "en")]
    [InlineData("fr", "Tout individu a droit à la vie, à la liberté et à la sûreté de sa personne.", "fr")]
    [InlineData("zh", "人人有权享有生命、自由和人身安全。", "zh")]
    [InlineData("ja", "すべて人は、生命、自由及び身体の安全に対する権利を有する。", "ja")]
    [InlineData("de", "Jeder hat das Recht auf Leben, Freiheit und Sicherheit der Person.", "de")]
    public void Text_is_in_its_language_over_all_and_over_the_runs(string language, string text, string expected)
    {
        var detector = Shared.Value;
        Assert.Equal(expected, detector.Detect(text));
        // Languages beside the run's are taken for the nearest of them.
        Assert.Contains(detector.DetectOfRun(text), Run.Contains(language) ? [language] : Run);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    [InlineData("12345 67,8 !?")]
    [InlineData("\uD83D\uDE00 \uD83D")]
    public void Text_without_letters_is_in_none(string text)
    {
        var detector = Shared.Value;
        Assert.Equal("", detector.Detect(text));
        Assert.Equal("", detector.DetectOfRun(text));
    }

    [Fact]
    public void Declaration_of_human_rights_is_told_apart_in_36_languages()
    {
        var folder = Reference.Root is { } reference ? Path.Combine(reference, "udhr") : null;
        Assert.True(folder is not null || !Reference.Required, "CI needs the reference texts, and there are none.");
        Assert.SkipWhen(folder is null, "There are no reference texts.");
        string[] files = [.. Directory.GetFiles(folder!, "*.txt").Order(StringComparer.Ordinal)];
        string[] languages = [.. files.Select(f => Path.GetFileNameWithoutExtension(f)!)];
        using var detector = new LanguageDetector(languages, DetectorAccuracy.Low);
        var texts = files.Select(f => File.ReadAllText(f).Substring(1000, 400)).ToArray();
        Assert.Equal(36, texts.Length);
        Assert.Equal(languages, texts.Select(detector.DetectOfRun));
        // Over all its languages it takes Indonesian for Malay, which is why both are told.
        Assert.Equal(languages.Select(l => l == "id" ? "ms" : l), texts.Select(detector.Detect));
    }

    [Theory]
    [InlineData("zh-Hans", "Chinese")]
    [InlineData("ZHO", "Chinese")]
    [InlineData("cmn_CN", "Chinese")]
    [InlineData("Chinese", "Chinese")]
    [InlineData("pt-BR", "Portuguese")]
    [InlineData("no", "Bokmal")]
    public void Languages_go_by_codes_and_English_names(string name, string english)
    {
        var detector = new LanguageDetector(["ja", name], DetectorAccuracy.Low);
        Assert.Equal(english, detector.EnglishName(name));
        if (english == "Chinese")
            Assert.Equal(name, detector.Detect("人人有权享有生命、自由和人身安全。"));
    }

    [Fact]
    public void Languages_that_it_cannot_tell_are_refused_by_name()
    {
        var unknown = Assert.Throws<LapeException>(() => new LanguageDetector(["en", "klingon"]));
        Assert.Equal("LanguageUndetectable", unknown.ErrorId);
        Assert.Contains("'klingon'", unknown.Message, StringComparison.Ordinal);
        var same = Assert.Throws<LapeException>(() => new LanguageDetector(["zh-Hans", "en", "zh-Hant"]));
        Assert.Equal("LanguageUndetectable", same.ErrorId);
        Assert.Contains("'zh-Hans' and 'zh-Hant'", same.Message, StringComparison.Ordinal);
        Assert.Equal("LanguagesTooFew", Assert.Throws<LapeException>(() => new LanguageDetector(["en"])).ErrorId);
    }

    [Fact]
    public void Missing_models_are_an_error_that_tells_what_to_do()
    {
        using var folder = new TempFolder();
        folder.WriteText("models/en/trigrams.json.br", "");
        var missing = Assert.Throws<LapeException>(() => new LanguageDetector(Run, folder: folder["models"]));
        Assert.Equal("LanguageModelsMissing", missing.ErrorId);
        Assert.Contains("Run Install-LapeLanguageModel", missing.Message, StringComparison.Ordinal);
        Assert.Contains("SearchPioneer.Lingua 2.0.0", missing.Message, StringComparison.Ordinal);
        Assert.Contains(folder["models"], missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("af/bigrams.json.br", "af/bigrams.json.br")]
    [InlineData("af/../../bigrams.json.br", null)]
    [InlineData("../bigrams.json.br", null)]
    [InlineData("/etc/bigrams.json.br", null)]
    [InlineData("af\\..\\..\\bigrams.json.br", null)]
    [InlineData("C:/bigrams.json.br", null)]
    [InlineData("af/", null)]
    [InlineData("af/readme.txt", null)]
    public void Only_models_are_taken_from_a_package_and_none_leaves_the_folder(string below, string? place)
    {
        var installation = new DetectorModelInstallation();
        Assert.Equal(place, installation.PlaceOf($"{DetectorModels.InPackage}/{below}"));
        Assert.Null(installation.PlaceOf(below));
    }

    [Fact]
    public void Models_are_linked_and_not_copied_beside_the_engine()
    {
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "Lingua")));
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "LanguageModels")));
        Assert.True(Directory.Exists(DetectorModels.Folder));
    }

    [Fact]
    public void Folder_to_take_along_is_made_whole_or_not_at_all()
    {
        using var folder = new TempFolder();
        folder.WriteText($"package/{DetectorModels.InPackage}/en/trigrams.json.br", "");
        Assert.Equal("LanguageModelsMissing", Assert.Throws<LapeException>(() => DetectorModels.Make([folder["package"]], folder["out"])).ErrorId);
        Assert.False(Directory.Exists(folder["out"]));

        for (var i = 1; i < 383; i++)
            folder.WriteText($"package/{DetectorModels.InPackage}/l{i}/trigrams.json.br", "");
        DetectorModels.Make([folder["other"], folder["package"]], folder["out"]);
        Assert.Equal(["lingua-2.0.0"], Directory.GetDirectories(folder["out/languages"]).Select(Path.GetFileName));
        Assert.Equal(383, Directory.GetFiles(folder["out"], "*.json.br", SearchOption.AllDirectories).Length);
    }
}
