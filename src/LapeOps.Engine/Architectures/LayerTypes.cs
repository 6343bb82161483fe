namespace LapeOps.Architectures;

/// <summary>Which layers attend to a window of tokens only, in both styles of config.json: a list of all layers, or a rule.</summary>
internal static class LayerTypes
{
    /// <summary>layer_types of a config, or null where it has none.</summary>
    public static IReadOnlyList<bool>? Read(ConfigReader config, int layers)
    {
        if (config.Texts("layer_types") is not { } types)
            return null;
        if (types.Count != layers)
            throw config.Contradiction($"layer_types has {types.Count} entries, and there are {layers} layers");
        return [.. types.Select(type => type switch
        {
            "sliding_attention" => true,
            "full_attention" => false,
            _ => throw config.Unsupported("layer_types", $"has '{type}', and only full_attention and sliding_attention can be computed"),
        })];
    }

    /// <summary>Layers by a rule.</summary>
    public static IReadOnlyList<bool> Sliding(int layers, Func<int, bool> slides) => [.. Enumerable.Range(0, layers).Select(slides)];
}
