namespace LapeOps.Architectures;

/// <summary>The function between the feed-forward layer's gate and its product.</summary>
public enum ActivationFunction
{
    /// <summary>x * sigmoid(x).</summary>
    Silu,
    /// <summary>x * Phi(x), by erf.</summary>
    Gelu,
    /// <summary>GELU by the tanh formula.</summary>
    GeluTanh,
    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>How rotary frequencies are changed for contexts longer than the trained one.</summary>
public abstract record RopeScaling
{
    /// <summary>All frequencies divided by a factor.</summary>
    public sealed record Linear(double Factor) : RopeScaling;

    /// <summary>
    /// LLaMA 3.1's: frequencies whose wavelength is above original length / LowFrequencyFactor are divided by Factor, those below
    /// original length / HighFrequencyFactor stay, and those between are mixed linearly.
    /// </summary>
    public sealed record Llama3(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalLength) : RopeScaling;
}

/// <summary>Rotary positions.</summary>
/// <param name="Theta">Base of the frequencies.</param>
/// <param name="Scaling">Their scaling, or null.</param>
public sealed record Rope(double Theta, RopeScaling? Scaling = null);

/// <summary>Everything that the transformer's arithmetic needs to know of a model, named after the mechanism and never after the model.</summary>
public sealed record TransformerShape
{
    /// <summary>Rows of the embedding.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>L, blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Hidden { get; init; }

    /// <summary>d, neurons of a feed-forward layer.</summary>
    public required int Width { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; each serves Heads / KeyValueHeads query heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head, which need not be Hidden / Heads.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>The feed-forward layer's activation function.</summary>
    public required ActivationFunction Activation { get; init; }

    /// <summary>Added to the mean square in RMS norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Rotary positions of the layers that attend to all tokens.</summary>
    public required Rope Rope { get; init; }

    /// <summary>Rotary positions of the sliding layers; null where they are those of the others.</summary>
    public Rope? SlidingRope { get; init; }

    /// <summary>Tokens that a sliding layer attends to, the token itself included; null where no layer slides.</summary>
    public int? Window { get; init; }

    /// <summary>Whether each layer attends to a window of tokens only; empty where none does.</summary>
    public IReadOnlyList<bool> Sliding { get; init; } = [];

    /// <summary>What the embedding is multiplied by.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>What products of queries and keys are multiplied by; null for 1 / sqrt(HeadWidth).</summary>
    public double? AttentionScale { get; init; }

    /// <summary>Whether the output head is the embedding.</summary>
    public required bool TiedHead { get; init; }

    /// <summary>Longest context that the model was made for, in tokens; rotary positions go on beyond it.</summary>
    public required int ContextLimit { get; init; }

    /// <summary>The window of a layer, or null where it attends to all tokens.</summary>
    public int? WindowOf(int layer) => Sliding.Count > 0 && Sliding[layer] ? Window : null;
}
