namespace LapeOps.Architectures;

/// <summary>What a family does with a key of config.json.</summary>
public abstract record ConfigKey
{
    /// <summary>The computation uses it.</summary>
    public sealed record Used : ConfigKey;

    /// <summary>Known, and without influence on what is computed.</summary>
    public sealed record Harmless : ConfigKey;

    /// <summary>Refused unless it has the value (as JSON text) at which it does nothing.</summary>
    public sealed record Neutral(string Value) : ConfigKey;
}

/// <summary>
/// The one table of a family's config keys. A key in no table is warned of, and refused when its name says that it changes the arithmetic.
/// </summary>
public sealed class ConfigKeys
{
    // A key that nobody knows and whose name has one of these would change results without a word.
    private static readonly string[] Suspicious = ["scale", "rope", "norm", "bias", "cap", "window", "expert", "act"];

    // What transformers' configuration base class writes for any model.
    private static readonly string[] HarmlessInAnyFamily =
    [
        "architectures", "_name_or_path", "_commit_hash", "_attn_implementation", "attn_implementation", "auto_map", "bos_token_id", "chunk_size_feed_forward",
        "dtype", "eos_token_id", "finetuning_task", "id2label", "initializer_range", "is_decoder", "keys_to_ignore_at_inference",
        "label2id", "model_type", "output_attentions", "output_hidden_states", "pad_token_id", "problem_type", "return_dict",
        "task_specific_params", "tokenizer_class", "torch_dtype", "torchscript", "transformers_version", "unsloth_version", "unsloth_fixed", "use_cache", "use_bfloat16",
    ];

    private static readonly (string Key, string Value)[] NeutralInAnyFamily =
    [
        ("add_cross_attention", "false"), ("is_encoder_decoder", "false"), ("pruned_heads", "{}"), ("quantization_config", "null"), ("tie_encoder_decoder", "false"),
    ];

    private readonly Dictionary<string, ConfigKey> _keys = new(StringComparer.Ordinal);

    /// <summary>The table of a family, on top of what any family has.</summary>
    public ConfigKeys(IEnumerable<string> used, IEnumerable<string> harmless, IEnumerable<(string Key, string Value)> neutral)
    {
        foreach (var key in HarmlessInAnyFamily.Concat(harmless))
            _keys[key] = new ConfigKey.Harmless();
        foreach (var (key, value) in NeutralInAnyFamily.Concat(neutral))
            _keys[key] = new ConfigKey.Neutral(value);
        foreach (var key in used)
            _keys[key] = new ConfigKey.Used();
    }

    /// <summary>The keys that the computation uses, in ordinal order: those that a model's fingerprint covers.</summary>
    public IReadOnlyList<string> Used => [.. _keys.Where(k => k.Value is ConfigKey.Used).Select(k => k.Key).Order(StringComparer.Ordinal)];

    /// <summary>Checks every key of a config. Returns a warning for each that is in no table.</summary>
    /// <exception cref="LapeException">ConfigUnsupported, naming the key and its value.</exception>
    public IReadOnlyList<string> Check(ConfigReader config)
    {
        var warnings = new List<string>();
        foreach (var (key, value) in config.Keys)
        {
            var kind = _keys.GetValueOrDefault(key);
            if (kind is ConfigKey.Neutral neutral && value != neutral.Value && value != "null")
                throw config.Unsupported(key, $"is {value}, and only {neutral.Value} can be computed");
            if (kind is not null)
                continue;
            if (Array.Find(Suspicious, s => key.Contains(s, StringComparison.OrdinalIgnoreCase)) is { } word)
                throw config.Unsupported(key, $"is not known for this family, and its name ('{word}') says that it changes what is computed");
            warnings.Add($"{config.Path}: the key '{key}' is not known for the family '{config.ModelType}' and was passed over.");
        }
        return warnings;
    }
}
