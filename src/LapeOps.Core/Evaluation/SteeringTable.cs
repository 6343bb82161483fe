namespace LapeOps.Evaluation;

/// <summary>How often answers steered towards a language are in it: one method, one strength, one target.</summary>
/// <param name="Method">none, paper, diffmean, control, residual, prompt.</param>
/// <param name="Source">Language of the questions.</param>
/// <param name="Target">The language steered to.</param>
/// <param name="Strength">alpha; null where the method has none.</param>
/// <param name="OnTarget">Answers whose top language, over all that the detector knows, is the target.</param>
/// <param name="OnTargetOfRun">The same over the run's languages alone.</param>
/// <param name="OnSource">Answers in the source language, over all languages.</param>
/// <param name="Other">Answers in another language or none.</param>
/// <param name="Detectable">The detector's accuracy on held-out native text of the target, cut to the answers' length, over all languages.</param>
/// <param name="DetectableOfRun">The same over the run's languages alone.</param>
/// <param name="Degenerate">Answers that repeat themselves or that the unmodified model finds unlikely, and empty ones.</param>
/// <param name="Joint">Answers on target, first half too, and not degenerate.</param>
/// <param name="Neurons">Neurons that the intervention touches; null for none and prompt.</param>
/// <param name="ValuesChanged">Its proof of action; null for none and prompt.</param>
/// <param name="KlDivergence">Mean KL(unmodified || modified) in nats at the last prompt position; null for none and prompt.</param>
public sealed record SteeringRow(
    string Method, string Source, string Target, double? Strength, Rate OnTarget, Rate OnTargetOfRun, Rate OnSource, Rate Other,
    Rate Detectable, Rate DetectableOfRun, Rate Degenerate, Rate Joint, int? Neurons, long? ValuesChanged, double? KlDivergence)
{
    /// <summary>The layer whose residual stream is shifted; null for methods that act on neurons or on none.</summary>
    public int? Layer { get; init; }

    /// <summary>Median length of the answers in characters, to which the native text behind <see cref="Detectable"/> is cut.</summary>
    public int Length { get; init; }
}

/// <summary>An answer of a steering run, judged.</summary>
/// <param name="Method">As in <see cref="SteeringRow"/>.</param>
/// <param name="Source">Language of the question.</param>
/// <param name="Target">The language steered to.</param>
/// <param name="Strength">alpha; null where the method has none.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Text">The answer.</param>
/// <param name="Language">Its top language over all that the detector knows; empty where it finds none.</param>
/// <param name="LanguageOfRun">Its top language over the run's languages; empty where it finds none.</param>
/// <param name="FirstHalf">Top language of its first half, over all languages.</param>
/// <param name="Repetition">Share of repeated 4-grams of its token ids.</param>
/// <param name="Nll">Mean NLL a token under the unmodified model after the prompt, in nats; null for an empty answer.</param>
/// <param name="Joint">Whether it is a joint success.</param>
public sealed record SteeringAnswer(
    string Method, string Source, string Target, double? Strength, string Prompt, string Text, string Language, string LanguageOfRun, string FirstHalf,
    double Repetition, double? Nll, bool Joint);

/// <summary>What steering did: a table of rates, and the answers that it was counted from.</summary>
/// <param name="Languages">The run's languages.</param>
/// <param name="Rows">The rates.</param>
/// <param name="Answers">The answers.</param>
public sealed record SteeringTable(IReadOnlyList<string> Languages, IReadOnlyList<SteeringRow> Rows, IReadOnlyList<SteeringAnswer> Answers);
