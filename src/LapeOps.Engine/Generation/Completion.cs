using LapeOps.Interventions;

namespace LapeOps.Generation;

/// <summary>An answer.</summary>
/// <param name="Prompt">The prompt's text.</param>
/// <param name="Text">The answer, without stop string or end token.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="TokenIds">Ids that were generated, those of a stop string included and the end token not.</param>
/// <param name="PromptTokens">Ids of the prompt, the row start included.</param>
/// <param name="TokensPerSecond">Its ids over the time that its batch took.</param>
/// <param name="Mask">Name of the mask; "none" without one.</param>
/// <param name="Proof">That the mask acted; null without one.</param>
public sealed record Completion(
    string Prompt, string Text, FinishReason FinishReason, IReadOnlyList<int> TokenIds, int PromptTokens, double TokensPerSecond, string Mask, ProofOfAction? Proof)
{
    /// <summary>The answer's text.</summary>
    public override string ToString() => Text;
}
