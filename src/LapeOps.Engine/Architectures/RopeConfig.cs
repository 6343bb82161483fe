namespace LapeOps.Architectures;

/// <summary>
/// Rotary parameters in both styles of config.json: <c>rope_parameters</c> with rope_theta inside (current), or <c>rope_theta</c> and
/// <c>rope_scaling</c> (older; there <c>type</c> may stand for <c>rope_type</c>).
/// </summary>
internal static class RopeConfig
{
    public static Rope Read(ConfigReader config, double defaultTheta)
    {
        var current = config.Section("rope_parameters");
        var older = config.Section("rope_scaling");
        if (current is not null && older is not null)
            throw config.Contradiction("it has both rope_parameters and rope_scaling, of which only one can hold");
        var theta = (current ?? config).Positive("rope_theta", config.Positive("rope_theta", defaultTheta));
        var section = current ?? older;
        return new(theta, section is null ? null : Scaling(section));
    }

    /// <summary>Of one kind of layers, where rope_parameters has a section for each.</summary>
    public static Rope ReadKind(ConfigReader section, double defaultTheta) => new(section.Positive("rope_theta", defaultTheta), Scaling(section));

    private static RopeScaling? Scaling(ConfigReader section)
    {
        var type = section.Text("rope_type", section.Text("type", "default"));
        string[] keys = type switch
        {
            "default" => [],
            "linear" => ["factor"],
            "llama3" => ["factor", "high_freq_factor", "low_freq_factor", "original_max_position_embeddings"],
            _ => throw section.Unsupported("rope_type", $"is '{type}', and only default, linear and llama3 can be computed"),
        };
        foreach (var (key, value) in section.Keys)
            if (!keys.Contains(key) && key is not ("rope_type" or "type" or "rope_theta") && value != "null")
                throw section.Unsupported(key, $"is {value}, which rope_type '{type}' does not have");
        foreach (var key in keys)
            if (section.Raw(key) is null)
                throw section.Contradiction($"rope_type '{type}' needs '{key}'");
        return type switch
        {
            "linear" => new RopeScaling.Linear(section.Positive("factor", 1)),
            "llama3" => new RopeScaling.Llama3(section.Positive("factor", 1), section.Positive("low_freq_factor", 1),
                section.Positive("high_freq_factor", 4), section.Size("original_max_position_embeddings", 8192)),
            _ => null,
        };
    }
}
