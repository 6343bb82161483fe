using LapeOps.Masks;
using LapeOps.Scoring;
using LapeOps.Statistics;

namespace LapeOps.Evaluation;

/// <summary>Random masks that a perplexity matrix compares languages' masks with.</summary>
public enum MatrixControls
{
    /// <summary>Three for all languages, of the mean number of neurons in each layer.</summary>
    Shared,
    /// <summary>Three for each language, of its number of neurons in each layer.</summary>
    PerLanguage,
    /// <summary>The same, each neuron about as active on the language's text as the one that it stands for.</summary>
    Activity,
    /// <summary>None.</summary>
    None,
}

/// <summary>A mask that a perplexity matrix has a row for.</summary>
/// <param name="Name">How results call it.</param>
/// <param name="Kind">A language's neurons, or random ones.</param>
/// <param name="Language">The language whose neurons are off, or whose mask a control is matched with; null for controls shared by all languages.</param>
/// <param name="Neurons">At least one neuron, of one language.</param>
public sealed record MatrixMask(string Name, MatrixRowKind Kind, string? Language, NeuronMask Neurons)
{
    /// <summary>Controls of each mask, a seed each.</summary>
    public const int Controls = 3;

    /// <summary>The masks of a matrix: every language that owns neurons, then controls.</summary>
    /// <param name="mask">Neurons of each language.</param>
    /// <param name="excluded">What controls avoid: the whole selection.</param>
    /// <param name="controls">Which controls.</param>
    /// <param name="statistics">Statistics of the same shape; controls by activity read each language's counts.</param>
    /// <param name="seed">Seed of the first control of each kind; the others take the seeds after it.</param>
    /// <exception cref="LapeException">MaskEmpty where no language owns a neuron; RandomNeuronsDoNotFit; MaskShapeMismatch; LanguageUnknown.</exception>
    public static IReadOnlyList<MatrixMask> Of(NeuronMask mask, NeuronMask excluded, MatrixControls controls, ActivationStatistics statistics, ulong seed)
    {
        mask = mask.ForModel(statistics.Layers, statistics.Width);
        MatrixMask[] languages = [.. mask.Languages.Where(l => mask.Count(l) > 0).Select(l => new MatrixMask(l, MatrixRowKind.Language, l, mask.Select([l])))];
        if (languages.Length == 0)
            throw new LapeException("MaskEmpty", "No language has a neuron, so there is no mask to measure. Choose languages or rates that select some.");
        return [.. languages, .. controls switch
        {
            MatrixControls.None => [],
            MatrixControls.Shared => Drawn(null, RandomNeurons.MeanSizes([.. languages.Select(l => l.Neurons)])),
            _ => languages.SelectMany(l => Drawn(l.Language, l.Neurons)),
        }];

        IEnumerable<MatrixMask> Drawn(string? language, NeuronMask like) => Enumerable.Range(0, Controls).Select(i => new MatrixMask(
            language is null ? $"random {i + 1}" : $"random {i + 1} ({language})", MatrixRowKind.Control, language,
            controls == MatrixControls.Activity
                ? RandomNeurons.DrawByActivity(like, excluded, statistics, seed + (ulong)i)
                : RandomNeurons.Draw(like, excluded, statistics.Width, seed + (ulong)i)));
    }
}
