namespace LapeOps.Architectures;

/// <summary>
/// Names of a family's tensors in checkpoints; <c>{0}</c> stands for the layer. Linear weights are [out, in].
/// </summary>
public sealed record TensorNames
{
    /// <summary>[Vocabulary, Hidden].</summary>
    public required string Embedding { get; init; }

    /// <summary>[Hidden], before attention.</summary>
    public required string AttentionNorm { get; init; }

    /// <summary>[Heads * HeadWidth, Hidden].</summary>
    public required string Query { get; init; }

    /// <summary>[KeyValueHeads * HeadWidth, Hidden].</summary>
    public required string Key { get; init; }

    /// <summary>[KeyValueHeads * HeadWidth, Hidden].</summary>
    public required string Value { get; init; }

    /// <summary>[Hidden, Heads * HeadWidth].</summary>
    public required string Output { get; init; }

    /// <summary>[Hidden], before the feed-forward layer.</summary>
    public required string FeedForwardNorm { get; init; }

    /// <summary>[HeadWidth], of each query head before it is turned; null where queries have no norm.</summary>
    public string? QueryNorm { get; init; }

    /// <summary>[HeadWidth], of each key head before it is turned; null where keys have no norm.</summary>
    public string? KeyNorm { get; init; }

    /// <summary>[Hidden], after attention, before it joins the residual stream; null where there is none.</summary>
    public string? AttentionOutputNorm { get; init; }

    /// <summary>[Hidden], after the feed-forward layer, before it joins the residual stream; null where there is none.</summary>
    public string? FeedForwardOutputNorm { get; init; }

    /// <summary>[Width, Hidden].</summary>
    public required string Gate { get; init; }

    /// <summary>[Width, Hidden].</summary>
    public required string Up { get; init; }

    /// <summary>[Hidden, Width].</summary>
    public required string Down { get; init; }

    /// <summary>[Hidden], after the last block.</summary>
    public required string FinalNorm { get; init; }

    /// <summary>[Vocabulary, Hidden]; absent where the head is tied to the embedding.</summary>
    public required string Head { get; init; }

    /// <summary>Ends of names that checkpoints may hold beside these, and that are no weights.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Beginnings of names that belong to other parts of a model, its vision tower for one.</summary>
    public IReadOnlyList<string> OtherParts { get; init; } = [];

    /// <summary>What checkpoints write for <see cref="Prefix"/>, at the beginning of names.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [Prefix];

    /// <summary>What is added to norm weights: 1 where files hold their difference from 1.</summary>
    public double NormOffset { get; init; }

    /// <summary>The beginning of the names above; the head alone has none.</summary>
    public const string Prefix = "model.";
}

/// <summary>A model family: one file, one descriptor.</summary>
/// <param name="ModelType">model_type of config.json.</param>
/// <param name="Keys">Its config keys.</param>
/// <param name="Names">Its tensor names.</param>
/// <param name="Shape">Its config as a shape; a missing key takes the default of transformers' config class for this family.</param>
public sealed record Family(string ModelType, ConfigKeys Keys, TensorNames Names, Func<ConfigReader, TransformerShape> Shape)
{
    /// <summary>Every supported family.</summary>
    public static IReadOnlyList<Family> All { get; } = [LlamaFamily.Descriptor, MistralFamily.Descriptor, Gemma3Family.Descriptor];

    /// <summary>The family of a config.</summary>
    /// <exception cref="LapeException">FamilyUnsupported, listing the supported ones.</exception>
    public static Family Of(ConfigReader config) => All.FirstOrDefault(f => f.ModelType == config.ModelType)
        ?? throw new LapeException("FamilyUnsupported",
            $"{config.Path}: models of the family '{config.ModelType}' are not supported. Supported: {string.Join(", ", All.Select(f => f.ModelType))}.");
}
