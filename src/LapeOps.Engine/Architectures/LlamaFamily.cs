namespace LapeOps.Architectures;

/// <summary>LLaMA 2, 3 and 3.1, and what shares their model_type. Defaults are those of transformers' LlamaConfig.</summary>
internal static class LlamaFamily
{
    /// <summary>Names that many families share.</summary>
    public static TensorNames Names { get; } = new()
    {
        Embedding = "model.embed_tokens.weight",
        AttentionNorm = "model.layers.{0}.input_layernorm.weight",
        Query = "model.layers.{0}.self_attn.q_proj.weight",
        Key = "model.layers.{0}.self_attn.k_proj.weight",
        Value = "model.layers.{0}.self_attn.v_proj.weight",
        Output = "model.layers.{0}.self_attn.o_proj.weight",
        FeedForwardNorm = "model.layers.{0}.post_attention_layernorm.weight",
        Gate = "model.layers.{0}.mlp.gate_proj.weight",
        Up = "model.layers.{0}.mlp.up_proj.weight",
        Down = "model.layers.{0}.mlp.down_proj.weight",
        FinalNorm = "model.norm.weight",
        Head = "lm_head.weight",
        // Checkpoints of 2023 hold this table of frequencies as a buffer.
        Ignored = [".self_attn.rotary_emb.inv_freq"],
    };

    public static Family Descriptor { get; } = new("llama",
        new ConfigKeys(
            used:
            [
                "head_dim", "hidden_act", "hidden_size", "intermediate_size", "max_position_embeddings", "num_attention_heads", "num_hidden_layers",
                "num_key_value_heads", "rms_norm_eps", "rope_parameters", "rope_scaling", "rope_theta", "tie_word_embeddings", "vocab_size",
            ],
            harmless: ["attention_dropout", "pretraining_tp"],
            neutral: [("attention_bias", "false"), ("mlp_bias", "false"), ("sliding_window", "null")]),
        Names,
        Shape);

    private static TransformerShape Shape(ConfigReader config)
    {
        var hidden = config.Size("hidden_size", 4096);
        var heads = config.Size("num_attention_heads", 32);
        return new TransformerShape
        {
            Vocabulary = config.Size("vocab_size", 32000),
            Layers = config.Size("num_hidden_layers", 32),
            Hidden = hidden,
            Width = config.Size("intermediate_size", 11008),
            Heads = heads,
            KeyValueHeads = config.Size("num_key_value_heads", heads),
            HeadWidth = config.Size("head_dim", hidden / heads),
            Activation = Activations.Named(config, config.Text("hidden_act", "silu")),
            NormEpsilon = config.Positive("rms_norm_eps", 1e-6),
            Rope = RopeConfig.Read(config, defaultTheta: 10000),
            TiedHead = config.Flag("tie_word_embeddings", false),
            ContextLimit = config.Size("max_position_embeddings", 2048),
        };
    }
}
