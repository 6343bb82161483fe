namespace LapeOps.Evaluation;

/// <summary>One step of an ablation: some of a language's neurons off, and what that does to its own text and to the others'.</summary>
/// <param name="Study">Rate (cumulative: the top share of all neurons), Layer (one layer at a time) or Owners (neurons of that many languages).</param>
/// <param name="Step">The rate, the layer or the number of owners.</param>
/// <param name="Language">The language whose neurons are off.</param>
/// <param name="Neurons">Neurons that are off.</param>
/// <param name="OwnChange">Change of the mean NLL of the language's held-out text, in nats; null where no neuron was off or it has no text.</param>
/// <param name="OthersChange">Mean change on the other languages' texts, in nats; null where no neuron was off or there is no other text.</param>
/// <param name="ValuesChanged">Activation values changed over all texts: the proof of action.</param>
public sealed record AblationRow(AblationStudy Study, double Step, string Language, int Neurons, double? OwnChange, double? OthersChange, long ValuesChanged);
