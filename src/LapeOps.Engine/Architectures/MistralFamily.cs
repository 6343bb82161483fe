namespace LapeOps.Architectures;

/// <summary>Mistral and Mistral NeMo: LLaMA's layers, with a sliding window in all or none of them. Defaults are those of transformers' MistralConfig.</summary>
internal static class MistralFamily
{
    public static Family Descriptor { get; } = new("mistral",
        new ConfigKeys(
            used:
            [
                "head_dim", "hidden_act", "hidden_size", "intermediate_size", "max_position_embeddings", "num_attention_heads", "num_hidden_layers",
                "num_key_value_heads", "rms_norm_eps", "rope_parameters", "rope_scaling", "rope_theta", "sliding_window", "tie_word_embeddings", "vocab_size",
            ],
            harmless: ["attention_dropout"],
            neutral: [("attention_bias", "false"), ("mlp_bias", "false")]),
        LlamaFamily.Names,
        Shape);

    private static TransformerShape Shape(ConfigReader config)
    {
        var hidden = config.Size("hidden_size", 4096);
        var heads = config.Size("num_attention_heads", 32);
        var layers = config.Size("num_hidden_layers", 32);
        // Written as null, these two are off; where they are absent, the class has a value.
        var keyValueHeads = config.Has("num_key_value_heads") ? config.Size("num_key_value_heads", heads) : 8;
        var slides = !config.Has("sliding_window") || config.Raw("sliding_window") is not null;
        return new TransformerShape
        {
            Vocabulary = config.Size("vocab_size", 32000),
            Layers = layers,
            Hidden = hidden,
            Width = config.Size("intermediate_size", 14336),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadWidth = config.Size("head_dim", hidden / heads),
            Activation = Activations.Named(config, config.Text("hidden_act", "silu")),
            NormEpsilon = config.Positive("rms_norm_eps", 1e-6),
            Rope = RopeConfig.Read(config, defaultTheta: 10000),
            Window = slides ? config.Size("sliding_window", 4096) : null,
            Sliding = LayerTypes.Sliding(slides ? layers : 0, _ => true),
            TiedHead = config.Flag("tie_word_embeddings", false),
            ContextLimit = config.Size("max_position_embeddings", 131072),
        };
    }
}
