using System.Text.RegularExpressions;

namespace LapeOps.Statistics;

/// <summary>
/// What the name of a file of counts says: the official code writes <c>activation.LANGUAGE.train.MODEL</c> and NJUNLP's
/// <c>activation.LANGUAGE.MODEL.pt</c>, with <c>prefix.</c> before it for the counts of prompts alone. Of any other name, the part before
/// the first dot is the language.
/// </summary>
/// <param name="Prefix">Whether it has the counts of prompts alone.</param>
/// <param name="Language">Name of the language.</param>
/// <param name="Model">Name of the model; empty where the name has none.</param>
internal sealed partial record CountsFileName(bool Prefix, string Language, string Model)
{
    public const string PrefixMark = "prefix.";

    public static CountsFileName Of(string path)
    {
        var name = Path.GetFileName(path);
        var prefix = name.StartsWith(PrefixMark, StringComparison.Ordinal);
        if (Path.GetExtension(name).ToLowerInvariant() is ".pth" or ".pt")
            name = Path.GetFileNameWithoutExtension(name);
        var match = Written().Match(prefix ? name[PrefixMark.Length..] : name);
        return new(prefix, match.Groups["language"].Value, match.Groups["model"].Value);
    }

    /// <summary>The name of the official code for a language's counts.</summary>
    public static string Official(string language, string model) => $"activation.{language}.train.{model}.pth";

    /// <summary>The name of NJUNLP's code for a language's counts.</summary>
    public static string NjuNlp(string language, string model) => $"activation.{language}.{model}.pt";

    [GeneratedRegex(@"^(?:activation\.(?<language>[^.]+)(?:\.train)?(?:\.(?<model>.+))?|(?<language>[^.]*).*)$", RegexOptions.Singleline)]
    private static partial Regex Written();
}
