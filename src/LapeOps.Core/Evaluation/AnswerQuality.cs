using MathNet.Numerics.Statistics;

namespace LapeOps.Evaluation;

/// <summary>When an answer is text of a language and not wreckage: what the joint success of steering asks beside the language.</summary>
public static class AnswerQuality
{
    /// <summary>From this share of repeated 4-grams on an answer is degenerate.</summary>
    public const double MostRepetition = 0.3;

    private const int GramLength = 4;
    private const double Deviations = 2;

    /// <summary>Share of 4-grams of ids that stood in the answer before; 0 for an answer of fewer than four.</summary>
    public static double Repetition(IReadOnlyList<int> ids)
    {
        var grams = ids.Count - GramLength + 1;
        if (grams < 1)
            return 0;
        var distinct = new HashSet<(int, int, int, int)>();
        for (var i = 0; i < grams; i++)
            distinct.Add((ids[i], ids[i + 1], ids[i + 2], ids[i + 3]));
        return (grams - distinct.Count) / (double)grams;
    }

    /// <summary>The NLL a token from which on an answer is degenerate: mean and two standard deviations (n - 1) over windows of native text.</summary>
    /// <param name="windows">The mean NLL a token of each window, two at least.</param>
    public static double MostNll(IReadOnlyCollection<double> windows)
    {
        if (windows.Count < 2)
            throw new ArgumentException("A deviation needs two windows.", nameof(windows));
        return windows.Average() + (Deviations * windows.StandardDeviation());
    }

    /// <summary>Whether an answer is degenerate.</summary>
    /// <param name="repetition"><see cref="Repetition"/>.</param>
    /// <param name="nll">Its NLL a token under the unmodified model; null for an empty answer, which always is.</param>
    /// <param name="mostNll"><see cref="MostNll"/> of windows as long.</param>
    public static bool IsDegenerate(double repetition, double? nll, double mostNll) => nll is not { } value || repetition >= MostRepetition || !(value < mostNll);

    /// <summary>The first half of an answer, which often begins in the source language; no surrogate pair is cut.</summary>
    public static string FirstHalf(string text)
    {
        var half = (text.Length + 1) / 2;
        if (half < text.Length && char.IsLowSurrogate(text[half]))
            half++;
        return text[..half];
    }
}
