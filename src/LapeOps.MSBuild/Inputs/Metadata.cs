using System.Globalization;
using Microsoft.Build.Framework;

namespace LapeOps.MSBuild.Inputs;

/// <summary>Metadata of items as numbers and lists; what is empty is not given.</summary>
internal static class Metadata
{
    /// <summary>The project that defines an item which a target made of another.</summary>
    public const string DefinedIn = "LapeDefinedIn";

    /// <summary>Names separated by semicolons, without the spaces around them.</summary>
    public static string[] List(string text) => text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A number in invariant culture, or the default where none is given.</summary>
    /// <exception cref="LapeException">SettingInvalid.</exception>
    public static double Number(string name, string text, double otherwise) => text.Trim() is not { Length: > 0 } given ? otherwise
        : double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : throw Invalid(name, text, "a number such as 0.01");

    /// <summary>A whole number of at least 1, or null where none is given.</summary>
    /// <exception cref="LapeException">SettingInvalid.</exception>
    public static long? Count(string name, string text, long most) => text.Trim() is not { Length: > 0 } given ? null
        : long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number
        : throw Invalid(name, text, $"a whole number from 1 to {most}");

    /// <summary>A name of an enumeration, or null where none is given.</summary>
    /// <exception cref="LapeException">SettingInvalid, listing the names.</exception>
    public static T? Choice<T>(string name, string text) where T : struct, Enum => text.Trim() is not { Length: > 0 } given ? null
        : Enum.TryParse<T>(given, ignoreCase: true, out var choice) && Enum.IsDefined(choice) && !char.IsAsciiDigit(given[0]) ? choice
        : throw Invalid(name, text, $"one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>The language of a text: its metadata Language, or else its base name without the extensions of corpora.</summary>
    public static string LanguageOf(ITaskItem text) =>
        text.GetMetadata("Language") is { Length: > 0 } language ? language : Corpora.CorpusFileName.Of(text.ItemSpec).Language;

    private static LapeException Invalid(string name, string text, string needed) => new("SettingInvalid", $"{name} is '{text}' and has to be {needed}.");
}
