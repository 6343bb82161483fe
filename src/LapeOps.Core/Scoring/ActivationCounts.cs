using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LapeOps.Statistics;

namespace LapeOps.Scoring;

/// <summary>Counts as the scorers see them, over memory that they do not own (a mapped file, say).</summary>
public sealed class ActivationCounts
{
    private readonly IReadOnlyList<ReadOnlyMemory<long>> _overZero;

    /// <summary>Counts; this is the one place where they are checked.</summary>
    /// <param name="layers">L, layers of the model.</param>
    /// <param name="width">d, neurons a layer.</param>
    /// <param name="languages">Names of the K languages.</param>
    /// <param name="overZero">[K] of [L * d], positions at which a neuron is active, layer by layer.</param>
    /// <param name="tokens">[K] n, counted positions.</param>
    /// <exception cref="LapeException">CountsInvalid: sizes differ, n is not positive or absurd, or a count is negative or above n.</exception>
    public ActivationCounts(int layers, int width, IReadOnlyList<string> languages, IReadOnlyList<ReadOnlyMemory<long>> overZero, IReadOnlyList<long> tokens)
    {
        if (layers < 1 || width < 1 || languages.Count < 1 || overZero.Count != languages.Count || tokens.Count != languages.Count || (long)layers * width * languages.Count > int.MaxValue)
            throw Invalid($"{layers} layers x {width} neurons, {languages.Count} languages, {overZero.Count} arrays and {tokens.Count} totals do not fit together");
        (Layers, Width, Languages, Tokens, _overZero) = (layers, width, languages, tokens, overZero);
        for (var k = 0; k < languages.Count; k++)
        {
            if (overZero[k].Length != Size)
                throw Invalid($"'{languages[k]}' has counts of {overZero[k].Length} neurons and the model has {Size}");
            if (tokens[k] < 1)
                throw Invalid($"'{languages[k]}' has {tokens[k]} counted positions; measure it first");
            if (tokens[k] > LanguageActivation.MostTokens)
                throw Invalid($"'{languages[k]}' has {tokens[k]} counted positions, more than any corpus has");
        }
        Chunks.ForEach(Size, (begin, end) =>
        {
            for (var k = 0; k < languages.Count; k++)
                RequireAtMost(k, begin, end);
        });
    }

    /// <summary>L, layers of the model.</summary>
    public int Layers { get; }

    /// <summary>d, neurons a layer.</summary>
    public int Width { get; }

    /// <summary>L * d.</summary>
    public int Size => Layers * Width;

    /// <summary>Names of the K languages.</summary>
    public IReadOnlyList<string> Languages { get; }

    /// <summary>[K] n, counted positions of each language.</summary>
    public IReadOnlyList<long> Tokens { get; }

    /// <summary>The counts of measured statistics.</summary>
    /// <exception cref="LapeException">CountsInvalid, as the constructor.</exception>
    public static ActivationCounts Of(ActivationStatistics statistics) => new(statistics.Layers, statistics.Width, statistics.Languages,
        [.. statistics.Activations.Select(a => a.OverZero)], [.. statistics.Activations.Select(a => a.Tokens)]);

    /// <summary>[L * d] counts of the language of an index.</summary>
    public ReadOnlySpan<long> OverZero(int language) => _overZero[language].Span;

    /// <summary>The greatest count of a language whose probability is not above a bound: probabilities ascend with counts, so counts can be compared in their place.</summary>
    internal long GreatestCount(int language, float bound)
    {
        long low = -1, high = Tokens[language];
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (middle / (float)Tokens[language] <= bound)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    // As in Quantile: a process checks its counts once, and the loop has to be fast the first time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RequireAtMost(int language, int begin, int end)
    {
        // As unsigned numbers negative counts are above every n, so that one comparison finds both.
        var values = MemoryMarshal.Cast<long, ulong>(OverZero(language)[begin..end]);
        var most = (ulong)Tokens[language];
        var vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(values);
        var within = true;
        foreach (var vector in vectors)
            within &= Vector.LessThanOrEqualAll(vector, new Vector<ulong>(most));
        foreach (var value in values[(vectors.Length * Vector<ulong>.Count)..])
            within &= value <= most;
        if (!within)
            throw Invalid($"'{Languages[language]}' has counts below 0 or above its {most} counted positions");
    }

    private static LapeException Invalid(string what) => new("CountsInvalid", $"These counts cannot be scored: {what}.");
}
