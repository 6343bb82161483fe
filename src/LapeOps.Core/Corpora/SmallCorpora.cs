using System.Globalization;
using LapeOps.Statistics;

namespace LapeOps.Corpora;

/// <summary>What few tokens do to counts, in words.</summary>
public static class SmallCorpora
{
    // A probability of one half is then known to 0.016, twice its standard error.
    private const int FewTokens = 4096;

    // Languages that are named, the smallest first.
    private const int Named = 8;

    /// <summary>A warning for languages of which few tokens are counted; null where there are none.</summary>
    /// <param name="languages">Name, tokens and rows to count of each, and groups that the rows are computed in.</param>
    public static string? Warning(IReadOnlyCollection<(string Language, long Tokens, int Rows, int Groups)> languages)
    {
        var small = languages.Where(l => l.Tokens < FewTokens).OrderBy(l => l.Tokens).ToArray();
        if (small.Length == 0)
            return null;
        var named = string.Join(", ", small.Take(Named).Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Language} {l.Tokens:N0} ({l.Rows} rows)")));
        var more = small.Length > Named ? $" and {small.Length - Named} more" : "";
        var uncertain = 1 / Math.Sqrt(Math.Max(1, small[0].Tokens));
        var blocks = small.Where(l => LanguageActivation.BlockCount(l.Groups) == 1 && l.Rows > 1).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{small.Length} of {languages.Count} languages have fewer than {FewTokens:N0} tokens to count: {named}{more}. ")
            + string.Create(CultureInfo.InvariantCulture, $"An activation probability of {small[0].Language} is uncertain by up to {uncertain:F3}, so chance carries neurons across the cut-offs, and those that are seldom active look more language-specific than they are: how many neurons such a language gets says little. Give more text.")
            + (blocks.Length == 0 ? "" : $" The rows of {blocks.Length} languages are computed in one group, so their statistics cannot be halved to see how stable their neurons are; a batch size of 1 allows that.");
    }
}
