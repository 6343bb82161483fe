namespace LapeOps.Masks;

/// <summary>Which neurons of which layers belong to which languages. Languages keep their order, those without a neuron included.</summary>
public sealed class NeuronMask
{
    private readonly IReadOnlyList<IReadOnlyList<int[]>> _neurons; // [language][layer] ascending
    private readonly Dictionary<string, int> _byName;

    /// <summary>A mask; this is the one place where its parts are checked.</summary>
    /// <param name="layers">L, layers of the model.</param>
    /// <param name="width">d, neurons a layer; null where it is not known (a .neuron.pth does not say).</param>
    /// <param name="languages">Names of the languages: unique, not empty, without ';' and control characters.</param>
    /// <param name="neurons">[language][layer], ascending indices of neurons in 0..d-1, each once.</param>
    /// <param name="provenance">What the mask was made of (model fingerprint and the like); kept by the formats JSON and safetensors.</param>
    /// <exception cref="LapeException">MaskInvalid: the parts contradict each other.</exception>
    public NeuronMask(int layers, int? width, IReadOnlyList<string> languages, IReadOnlyList<IReadOnlyList<int[]>> neurons, IReadOnlyDictionary<string, string>? provenance = null)
    {
        if (layers < 1 || width < 1)
            throw Invalid($"a mask of {layers} layers and a width of {width} cannot be; both are at least 1");
        if (languages.Count == 0)
            throw Invalid("it has no language");
        if (languages.FirstOrDefault(l => string.IsNullOrWhiteSpace(l) || l.Any(c => c == ';' || char.IsControl(c))) is { } name)
            throw Invalid($"'{name}' cannot name a language: names are not empty and have no semicolon or control character");
        if (languages.Distinct(StringComparer.Ordinal).Count() != languages.Count)
            throw Invalid($"a language stands twice in {string.Join(", ", languages)}");
        if (neurons.Count != languages.Count)
            throw Invalid($"there are neurons of {neurons.Count} languages and {languages.Count} names");
        for (var k = 0; k < languages.Count; k++)
        {
            if (neurons[k].Count != layers)
                throw Invalid($"'{languages[k]}' has {neurons[k].Count} layers and the mask {layers}");
            for (var layer = 0; layer < layers; layer++)
                RequireAscending(neurons[k][layer], width ?? int.MaxValue, languages[k], layer);
        }
        Layers = layers;
        Width = width;
        Languages = languages;
        Provenance = provenance ?? new Dictionary<string, string>();
        _neurons = neurons;
        _byName = languages.Select((l, k) => (l, k)).ToDictionary(p => p.l, p => p.k, StringComparer.Ordinal);
    }

    /// <summary>L, layers of the model.</summary>
    public int Layers { get; }

    /// <summary>d, neurons a layer; null where it is not known.</summary>
    public int? Width { get; }

    /// <summary>Names of the languages in the order of the file or of the corpus.</summary>
    public IReadOnlyList<string> Languages { get; }

    /// <summary>What the mask was made of; empty where nothing is known.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; }

    /// <summary>Different (layer, neuron) over all languages.</summary>
    public int DistinctCount => Enumerable.Range(0, Layers).Sum(layer => Union(layer).Length);

    /// <summary>Neurons of a language in a layer, ascending.</summary>
    /// <exception cref="LapeException">LanguageUnknown, listing the known ones.</exception>
    public ReadOnlySpan<int> Neurons(string language, int layer) => _neurons[IndexOf(language)][layer];

    /// <summary>Neurons of a language over all layers.</summary>
    /// <exception cref="LapeException">LanguageUnknown, listing the known ones.</exception>
    public int Count(string language) => _neurons[IndexOf(language)].Sum(n => n.Length);

    /// <summary>Neurons of any language in a layer, ascending, each once.</summary>
    public int[] Union(int layer) => [.. _neurons.SelectMany(n => n[layer]).Distinct().Order()];

    /// <summary>Neurons by layer, ascending, each once: a language's entry in a mask.</summary>
    /// <param name="layers">L; neurons of other layers are left out.</param>
    /// <param name="neurons">Layer and index of each.</param>
    public static int[][] ByLayer(int layers, IEnumerable<(int Layer, int Neuron)> neurons)
    {
        var byLayer = neurons.Distinct().ToLookup(n => n.Layer, n => n.Neuron);
        return [.. Enumerable.Range(0, layers).Select(layer => byLayer[layer].Order().ToArray())];
    }

    /// <summary>How many neurons are in both of two ascending lists of one layer.</summary>
    public static int Overlap(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var (both, i, j) = (0, 0, 0);
        while (i < left.Length && j < right.Length)
        {
            var (a, b) = (left[i], right[j]);
            both += a == b ? 1 : 0;
            i += a <= b ? 1 : 0;
            j += b <= a ? 1 : 0;
        }
        return both;
    }

    /// <summary>Neurons of any language over all layers, each once, by layer and index.</summary>
    public IEnumerable<(int Layer, int Neuron)> All() =>
        Enumerable.Range(0, Layers).SelectMany(Union, (layer, neuron) => (layer, neuron));

    /// <summary>The mask of some of the languages, in the order given.</summary>
    /// <exception cref="LapeException">LanguageUnknown, listing the known ones.</exception>
    public NeuronMask Select(IReadOnlyList<string> languages) =>
        new(Layers, Width, languages, [.. languages.Select(l => _neurons[IndexOf(l)])], Provenance);

    /// <summary>Refuses a model other than the one that the mask says it was made of; a mask that does not say fits any of its shape.</summary>
    /// <exception cref="LapeException">ModelMismatch, naming both.</exception>
    public void RequireModel(string fingerprint, string name)
    {
        if (Provenance.TryGetValue(MaskProvenance.ModelFingerprint, out var made) && made != fingerprint)
            throw new LapeException("ModelMismatch",
                $"The mask was made of the model '{Provenance.GetValueOrDefault(MaskProvenance.ModelName)}' ({made}), and this one is '{name}' ({fingerprint}). Open the other, or find the neurons of this one.");
    }

    /// <summary>The mask for a model of this shape, its width known.</summary>
    /// <exception cref="LapeException">MaskShapeMismatch, naming both shapes.</exception>
    public NeuronMask ForModel(int layers, int width)
    {
        if (layers != Layers || (Width ?? width) != width || LeastWidth > width)
            throw new LapeException("MaskShapeMismatch", $"The mask is of {Shape} and the model of {layers} x {width}: it was made for another model.");
        return Width == width ? this : new(layers, width, Languages, _neurons, Provenance);
    }

    /// <summary>Refuses a mask that cannot be of the same model.</summary>
    /// <exception cref="LapeException">MaskShapeMismatch, naming both shapes.</exception>
    public void RequireShapeOf(NeuronMask other)
    {
        if (other.Layers != Layers || other.LeastWidth > (Width ?? int.MaxValue) || LeastWidth > (other.Width ?? int.MaxValue))
            throw new LapeException("MaskShapeMismatch", $"The masks are of different models: one has {Shape} and the other {other.Shape}. Compare masks of one model.");
    }

    // The width where it is known, else what the highest index needs.
    private int LeastWidth => Width ?? 1 + _neurons.SelectMany(n => n).Max(n => n.Length == 0 ? -1 : n[^1]);

    private string Shape => $"{Layers} layers x {(Width is null ? "at least " : "")}{LeastWidth} neurons";

    private int IndexOf(string language) => _byName.TryGetValue(language, out var index)
        ? index
        : throw new LapeException("LanguageUnknown", $"'{language}' is not a language of this mask. It has: {string.Join(", ", Languages)}.");

    private static void RequireAscending(int[] neurons, int width, string language, int layer)
    {
        var previous = -1;
        foreach (var neuron in neurons)
        {
            if (neuron <= previous || neuron >= width)
                throw Invalid($"'{language}' has neuron {neuron} after {previous} in layer {layer}: indices ascend, each stands once, and all are in 0..{width - 1}");
            previous = neuron;
        }
    }

    private static LapeException Invalid(string what) => new("MaskInvalid", $"This is not a mask: {what}.");
}
