using LapeOps.Generation;

namespace LapeOps.PowerShell.Objects;

/// <summary>An answer of Invoke-LapeGenerate; as text, it is the answer.</summary>
public sealed class LapeCompletion
{
    internal LapeCompletion(Completion answer)
    {
        Mask = answer.Mask;
        Prompt = answer.Prompt;
        Text = answer.Text;
        FinishReason = answer.FinishReason;
        Tokens = answer.TokenIds.Count;
        TokenIds = new NumberList<int>(answer.TokenIds);
        PromptTokens = answer.PromptTokens;
        TokensPerSecond = answer.TokensPerSecond;
        Neurons = answer.Proof?.Neurons;
        ValuesChanged = answer.Proof?.ValuesChanged;
        KlDivergence = answer.Proof?.KlDivergence;
    }

    /// <summary>Name of the mask; "none" without one.</summary>
    public string Mask { get; }

    /// <summary>The prompt's text.</summary>
    public string Prompt { get; }

    /// <summary>The answer, without stop string or end token.</summary>
    public string Text { get; }

    /// <summary>Why it ended: Length, StopString or EndToken.</summary>
    public FinishReason FinishReason { get; }

    /// <summary>Tokens of the answer.</summary>
    public int Tokens { get; }

    /// <summary>Their ids, those of a stop string included and the end token not.</summary>
    public NumberList<int> TokenIds { get; }

    /// <summary>Tokens of the prompt, the row start included.</summary>
    public int PromptTokens { get; }

    /// <summary>Tokens of the answer over the seconds that its batch took.</summary>
    public double TokensPerSecond { get; }

    /// <summary>Neurons that the mask touches. Null without a mask.</summary>
    public int? Neurons { get; }

    /// <summary>Activation values that the mask changed: its proof of action. Null without a mask.</summary>
    public long? ValuesChanged { get; }

    /// <summary>KL(unmodified || masked) in nats at the last prompt position. Null without a mask.</summary>
    public double? KlDivergence { get; }

    /// <summary>The answer's text.</summary>
    public override string ToString() => Text;
}
