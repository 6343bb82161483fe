using LapeOps.Chat;

namespace LapeOps.Generation;

/// <summary>How text is generated. The defaults are METHOD.md's: greedy, repetition penalty 1.1, at most 256 new tokens.</summary>
public sealed record GenerationOptions
{
    /// <summary>No model's context is longer.</summary>
    public const int MostTokens = 1 << 24;

    /// <summary>Below it, logits over temperature overflow float32, and the likeliest token has all probability anyway.</summary>
    public const double LeastTemperature = 1e-4;

    /// <summary>New tokens at the most.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>0 takes the likeliest token; above 0, logits are divided by it before sampling.</summary>
    public double Temperature { get; init; }

    /// <summary>Samples among the likeliest tokens that together have this probability.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Seed of sampling. A prompt's draws depend on the seed and the prompt's number, not on its batch.</summary>
    public ulong Seed { get; init; }

    /// <summary>Before each choice, the logit of every id seen so far in prompt and output is divided by it if positive, else multiplied.</summary>
    public double RepetitionPenalty { get; init; } = 1.1;

    /// <summary>Texts that end an answer; they are not part of it.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Prompts computed together.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Whether the model's end token ends an answer.</summary>
    public bool StopAtEnd { get; init; } = true;

    /// <summary>Refuses what makes no sense.</summary>
    /// <exception cref="LapeException">ParameterOutOfRange.</exception>
    public void Validate()
    {
        Require(MaxTokens is >= 1 and <= MostTokens, $"MaxTokens is {MaxTokens} and has to be between 1 and {MostTokens}");
        Require(Temperature == 0 || (double.IsFinite(Temperature) && Temperature >= LeastTemperature), $"Temperature is {Temperature} and has to be 0 (greedy) or at least {LeastTemperature}");
        Require(TopP is > 0 and <= 1, $"TopP is {TopP} and has to be above 0 and at most 1");
        Require(double.IsFinite(RepetitionPenalty) && RepetitionPenalty > 0, $"RepetitionPenalty is {RepetitionPenalty} and has to be above 0 (1 for none)");
        Require(BatchSize >= 1, $"BatchSize is {BatchSize} and has to be 1 or more");
        Require(Stop.All(s => s.Length > 0), "a stop string is empty");

        static void Require(bool holds, string otherwise)
        {
            if (!holds)
                throw new LapeException("ParameterOutOfRange", $"Text cannot be generated: {otherwise}.");
        }
    }
}

/// <summary>A prompt to answer.</summary>
/// <param name="View">The model, with or without a mask.</param>
/// <param name="Prompt">The prompt's text.</param>
/// <param name="Ids">Its ids, the row start included.</param>
/// <param name="Number">Its number in the run, from 0; with the seed it decides its draws.</param>
public sealed record GenerationRequest(ModelView View, string Prompt, IReadOnlyList<int> Ids, int Number)
{
    /// <summary>A request with the prompt's ids as the model's tokenizer makes them, special tokens added.</summary>
    /// <exception cref="LapeException">PromptEmpty where neither text nor row start makes a token.</exception>
    public static GenerationRequest Of(ModelView view, string prompt, int number)
    {
        var ids = view.Model.Tokenizer.Encode(prompt, addSpecialTokens: true);
        return ids.Length > 0
            ? new GenerationRequest(view, prompt, ids, number)
            : throw new LapeException("PromptEmpty", $"The prompt is empty, and the tokenizer of '{view.Model.Name}' puts nothing before it. Give some text.");
    }

    /// <summary>
    /// A request with a conversation as the model's template writes it, up to the start of the answer. Special tokens are those of that text,
    /// as apply_chat_template has it: nothing is put around it. What looks like one inside a message becomes one, too.
    /// </summary>
    /// <exception cref="LapeException">What <see cref="ChatTemplate.Render"/> refuses; PromptEmpty where it writes nothing.</exception>
    public static GenerationRequest Of(ModelView view, ChatTemplate template, ChatConversation conversation, int number)
    {
        var prompt = template.Render(conversation, addGenerationPrompt: true);
        var ids = view.Model.Tokenizer.Encode(prompt, addSpecialTokens: false);
        return ids.Length > 0
            ? new GenerationRequest(view, prompt, ids, number)
            : throw new LapeException("PromptEmpty", $"The chat template of '{view.Model.Name}' writes nothing for the conversation. Check its messages.");
    }
}

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>MaxTokens was reached.</summary>
    Length,
    /// <summary>A stop string came.</summary>
    StopString,
    /// <summary>The model's end token came.</summary>
    EndToken,
}
