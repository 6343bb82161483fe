namespace LapeOps.Interventions;

/// <summary>
/// An edit of activations: neuron <c>Neurons[i]</c> of its layer becomes <c>a * Keep[i] + Shift[i]</c>. Zero, constant, replace and add
/// (METHOD.md, "Interventions") are this one form.
/// </summary>
/// <param name="Neurons">Ascending indices in the layer.</param>
/// <param name="Keep">What the activation is multiplied by.</param>
/// <param name="Shift">What is added then.</param>
public sealed record LayerEdit(int[] Neurons, float[] Keep, float[] Shift);

/// <summary>Edits of all layers of a model, acting at every position of prefill and decoding.</summary>
public sealed class Intervention
{
    private readonly SortedDictionary<int, (float Keep, float Shift)>[] _edits;

    private Intervention(int layers, int width)
    {
        Width = width;
        _edits = [.. Enumerable.Range(0, layers).Select(_ => new SortedDictionary<int, (float, float)>())];
    }

    /// <summary>L, layers.</summary>
    public int Layers => _edits.Length;

    /// <summary>d, neurons a layer.</summary>
    public int Width { get; }

    /// <summary>Neurons touched per layer, [L].</summary>
    public IReadOnlyList<int> NeuronsPerLayer => [.. _edits.Select(e => e.Count)];

    /// <summary>Neurons touched in all.</summary>
    public int NeuronCount => _edits.Sum(e => e.Count);

    /// <summary>Whether it switches neurons off and does nothing else.</summary>
    public bool OnlyZeroes => _edits.All(layer => layer.Values.All(e => e is { Keep: 0, Shift: 0 }));

    /// <summary>The edit of a layer.</summary>
    public LayerEdit Layer(int layer)
    {
        var edits = _edits[layer];
        return new LayerEdit([.. edits.Keys], [.. edits.Values.Select(e => e.Keep)], [.. edits.Values.Select(e => e.Shift)]);
    }

    /// <summary>Zero: <c>a = 0</c>.</summary>
    public static Intervention Zero(int layers, int width, IEnumerable<(int Layer, int Neuron)> neurons) =>
        Create(layers, width, neurons, (_, _) => (0, 0));

    /// <summary>Constant: <c>a = value</c>.</summary>
    public static Intervention Constant(int layers, int width, IEnumerable<(int Layer, int Neuron)> neurons, float value) =>
        Create(layers, width, neurons, (_, _) => (0, value));

    /// <summary>Replace: <c>a = mean</c>, with means as a flat [L * d] float64.</summary>
    public static Intervention Replace(int layers, int width, IEnumerable<(int Layer, int Neuron)> neurons, ReadOnlyMemory<double> means) =>
        Create(layers, width, neurons, (layer, neuron) => (0, (float)means.Span[(layer * width) + neuron]));

    /// <summary>Add: <c>a += alpha * mean</c>, with means as a flat [L * d] float64.</summary>
    public static Intervention Add(int layers, int width, IEnumerable<(int Layer, int Neuron)> neurons, ReadOnlyMemory<double> means, double alpha) =>
        Create(layers, width, neurons, (layer, neuron) => (1, (float)(alpha * means.Span[(layer * width) + neuron])));

    /// <summary>Both edits; where both name a neuron, <paramref name="driving"/> holds: what is driven is not switched off.</summary>
    public Intervention Then(Intervention driving)
    {
        var both = new Intervention(Layers, Width);
        for (var layer = 0; layer < Layers; layer++)
            foreach (var (neuron, edit) in _edits[layer].Concat(driving._edits[layer]))
                both._edits[layer][neuron] = edit;
        return both;
    }

    private static Intervention Create(int layers, int width, IEnumerable<(int Layer, int Neuron)> neurons, Func<int, int, (float, float)> edit)
    {
        var intervention = new Intervention(layers, width);
        foreach (var (layer, neuron) in neurons)
        {
            if (layer < 0 || layer >= layers || neuron < 0 || neuron >= width)
                throw new LapeException("NeuronOutOfRange",
                    $"Layer {layer}, neuron {neuron} is not in a model of {layers} layers with {width} neurons each. The neurons belong to another model.");
            intervention._edits[layer][neuron] = edit(layer, neuron);
        }
        return intervention;
    }
}
