namespace LapeOps.Architectures;

/// <summary>Gemma 3's text model, alone or inside a multimodal checkpoint. Defaults are those of transformers' Gemma3TextConfig.</summary>
internal static class Gemma3Family
{
    public static Family Descriptor { get; } = new("gemma3_text",
        new ConfigKeys(
            used:
            [
                "_sliding_window_pattern", "head_dim", "hidden_activation", "hidden_size", "intermediate_size", "layer_types", "max_position_embeddings",
                "num_attention_heads", "num_hidden_layers", "num_key_value_heads", "query_pre_attn_scalar", "rms_norm_eps", "rope_local_base_freq",
                "rope_parameters", "rope_scaling", "rope_theta", "sliding_window", "sliding_window_pattern", "tie_word_embeddings", "vocab_size",
            ],
            harmless: ["attention_dropout", "cache_implementation"],
            neutral:
            [
                ("attention_bias", "false"), ("attn_logit_softcapping", "null"), ("final_logit_softcapping", "null"), ("use_bidirectional_attention", "false"),
            ]),
        LlamaFamily.Names with
        {
            QueryNorm = "model.layers.{0}.self_attn.q_norm.weight",
            KeyNorm = "model.layers.{0}.self_attn.k_norm.weight",
            AttentionOutputNorm = "model.layers.{0}.post_attention_layernorm.weight",
            FeedForwardNorm = "model.layers.{0}.pre_feedforward_layernorm.weight",
            FeedForwardOutputNorm = "model.layers.{0}.post_feedforward_layernorm.weight",
            NormOffset = 1,
            // Alone; in multimodal checkpoints as they were published; in those that transformers saves now.
            Prefixes = [TensorNames.Prefix, "language_model.model.", "model.language_model."],
            OtherParts = ["vision_tower.", "multi_modal_projector.", "model.vision_tower.", "model.multi_modal_projector."],
        },
        Shape);

    private static TransformerShape Shape(ConfigReader config)
    {
        var hidden = config.Size("hidden_size", 2304);
        var layers = config.Size("num_hidden_layers", 26);
        // Every n-th layer attends to all tokens.
        var pattern = config.Size("sliding_window_pattern", config.Size("_sliding_window_pattern", 6));
        var (rope, slidingRope) = Ropes(config);
        return new TransformerShape
        {
            Vocabulary = config.Size("vocab_size", 262208),
            Layers = layers,
            Hidden = hidden,
            Width = config.Size("intermediate_size", 9216),
            Heads = config.Size("num_attention_heads", 8),
            KeyValueHeads = config.Size("num_key_value_heads", 4),
            HeadWidth = config.Size("head_dim", 256),
            Activation = Activations.Named(config, config.Text("hidden_activation", "gelu_pytorch_tanh")),
            NormEpsilon = config.Positive("rms_norm_eps", 1e-6),
            Rope = rope,
            SlidingRope = slidingRope,
            Window = config.Size("sliding_window", 4096),
            Sliding = LayerTypes.Read(config, layers) ?? LayerTypes.Sliding(layers, layer => (layer + 1) % pattern != 0),
            EmbeddingScale = Math.Sqrt(hidden),
            AttentionScale = 1 / Math.Sqrt(config.Positive("query_pre_attn_scalar", 256)),
            TiedHead = config.Flag("tie_word_embeddings", true),
            ContextLimit = config.Size("max_position_embeddings", 131072),
        };
    }

    // The older style scales the layers that attend to everything, and never the sliding ones.
    private static (Rope Full, Rope Sliding) Ropes(ConfigReader config)
    {
        const double full = 1_000_000, sliding = 10_000;
        return config.Section("rope_parameters") is { } current && current.Section("full_attention") is { } ofFull && current.Section("sliding_attention") is { } ofSliding
            ? (RopeConfig.ReadKind(ofFull, full), RopeConfig.ReadKind(ofSliding, sliding))
            : (RopeConfig.Read(config, full), new Rope(config.Positive("rope_local_base_freq", sliding)));
    }
}
