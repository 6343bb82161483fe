using LapeOps.Evaluation;
using LapeOps.Generation;
using LapeOps.Languages;

namespace LapeOps.Steering;

/// <summary>An answer, and how likely the unmodified model finds it.</summary>
/// <param name="Case">How it was steered.</param>
/// <param name="Completion">The answer.</param>
/// <param name="Ids">Its ids, without those of a stop string.</param>
/// <param name="Nll">Its mean NLL a token; null for an empty answer.</param>
internal sealed record SteeredAnswer(SteeringCase Case, Completion Completion, IReadOnlyList<int> Ids, double? Nll)
{
    /// <summary>The answer as it is judged for a target.</summary>
    public (SteeringAnswer Answer, bool Degenerate) Judge(string source, string target, LanguageDetector detector, NativeText native)
    {
        var text = Completion.Text.Trim();
        var (language, first) = (detector.Detect(text), detector.Detect(AnswerQuality.FirstHalf(text)));
        var repetition = AnswerQuality.Repetition(Ids);
        var degenerate = AnswerQuality.IsDegenerate(repetition, Nll, Nll is null ? 0 : native.MostNll(Ids.Count));
        return (new SteeringAnswer(Case.Method.ToString().ToLowerInvariant(), source, target, Case.Strength, Completion.Prompt, Completion.Text, language,
            detector.DetectOfRun(text), first, repetition, Nll, language == target && first == target && !degenerate), degenerate);
    }

    /// <summary>Ids of a completion's text. A stop string may begin inside an id, which then counts as the text's.</summary>
    public static IReadOnlyList<int> IdsOf(LanguageModel model, Completion completion)
    {
        if (string.IsNullOrWhiteSpace(completion.Text))
            return [];
        if (completion.FinishReason != FinishReason.StopString)
            return completion.TokenIds;
        var count = completion.TokenIds.Count;
        while (count > 1 && model.Tokenizer.Decode(completion.TokenIds.Take(count - 1), skipSpecialTokens: true).Length >= completion.Text.Length)
            count--;
        return [.. completion.TokenIds.Take(count)];
    }
}
