namespace LapeOps.Statistics;

/// <summary>
/// The expensive thing: how often each neuron was active on each language, and beside it the sums that means and steering need. Every
/// threshold, mask and mean is computed from it in seconds, without the model.
/// </summary>
public sealed class ActivationStatistics
{
    private readonly Dictionary<string, LanguageActivation> _byName;

    /// <summary>Statistics of languages measured under one identity.</summary>
    public ActivationStatistics(StatisticsIdentity identity, IReadOnlyList<LanguageActivation> languages, string? path = null)
    {
        Identity = identity;
        Activations = languages;
        Path = path;
        _byName = languages.ToDictionary(l => l.Language, StringComparer.Ordinal);
    }

    /// <summary>What was measured and how.</summary>
    public StatisticsIdentity Identity { get; }

    /// <summary>One entry a language, in the order of the corpus.</summary>
    public IReadOnlyList<LanguageActivation> Activations { get; }

    /// <summary>The file they were read from or written to; null where there is none.</summary>
    public string? Path { get; }

    /// <summary>Names of the languages, in order.</summary>
    public IReadOnlyList<string> Languages => Activations.Select(a => a.Language).ToArray();

    /// <summary>L, layers.</summary>
    public int Layers => Identity.Layers;

    /// <summary>d, neurons a layer.</summary>
    public int Width => Identity.Width;

    /// <summary>Whether every group of every language was counted.</summary>
    public bool Complete => Activations.All(a => a.Complete);

    /// <summary>The statistics of one language.</summary>
    /// <exception cref="LapeException">LanguageUnknown, listing the known ones.</exception>
    public LanguageActivation this[string language] => _byName.GetValueOrDefault(language)
        ?? throw new LapeException("LanguageUnknown", $"'{language}' is not a language of these statistics. They have: {string.Join(", ", Languages)}.");

    /// <summary>Refuses statistics that were measured on another model; imported ones, which do not say on which, fit any of their shape.</summary>
    /// <exception cref="LapeException">ModelMismatch, naming both.</exception>
    public void RequireModel(string fingerprint, string name, int layers, int width)
    {
        if ((!Identity.Imported && Identity.ModelFingerprint != fingerprint) || Layers != layers || Width != width)
            throw new LapeException("ModelMismatch",
                $"{Path ?? "These statistics"} were measured on '{Identity.ModelName}' ({Layers} x {Width}, {(Identity.Imported ? "fingerprint not known" : Short(Identity.ModelFingerprint))}), "
                + $"and the model is '{name}' ({layers} x {width}, {Short(fingerprint)}). Measure them again on this model, or open the other.");
    }

    private static string Short(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];
}
