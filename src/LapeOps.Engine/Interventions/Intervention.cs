using LapeOps.Statistics;

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
    private readonly float[]?[] _residual; // [layer][h]

    private Intervention(int layers, int width)
    {
        Width = width;
        _edits = [.. Enumerable.Range(0, layers).Select(_ => new SortedDictionary<int, (float, float)>())];
        _residual = new float[]?[layers];
    }

    /// <summary>L, layers.</summary>
    public int Layers => _edits.Length;

    /// <summary>d, neurons a layer.</summary>
    public int Width { get; }

    /// <summary>Neurons touched per layer, [L].</summary>
    public IReadOnlyList<int> NeuronsPerLayer => [.. _edits.Select(e => e.Count)];

    /// <summary>Neurons touched in all.</summary>
    public int NeuronCount => _edits.Sum(e => e.Count);

    /// <summary>Whether it touches nothing at all, neither a neuron nor the residual stream.</summary>
    public bool Empty => NeuronCount == 0 && _residual.All(r => r is null);

    /// <summary>Whether it switches neurons off and does nothing else.</summary>
    public bool OnlyZeroes => _residual.All(r => r is null) && _edits.All(layer => layer.Values.All(e => e is { Keep: 0, Shift: 0 }));

    /// <summary>The edit of a layer.</summary>
    public LayerEdit Layer(int layer)
    {
        var edits = _edits[layer];
        return new LayerEdit([.. edits.Keys], [.. edits.Values.Select(e => e.Keep)], [.. edits.Values.Select(e => e.Shift)]);
    }

    /// <summary>What is added to the residual stream at the input of a layer's block, [h]; null for nothing.</summary>
    public float[]? Residual(int layer) => _residual[layer];

    /// <summary>Zero: <c>a = 0</c>.</summary>
    /// <exception cref="LapeException">NeuronOutOfRange.</exception>
    public static Intervention Zero(int layers, int width, IEnumerable<(int Layer, int Neuron)> neurons) =>
        Of(layers, width, [new NeuronEdit([.. neurons.Select(n => new EditedNeuron(n.Layer, n.Neuron, []))], InterventionMode.Zero)], null);

    /// <summary>Edits of neurons; of those that name the same neuron, the last holds. Means are float64, what is set or added is rounded to float32.</summary>
    /// <param name="layers">L.</param>
    /// <param name="width">d.</param>
    /// <param name="edits">The edits.</param>
    /// <param name="means">Mean activations; null where no edit needs them.</param>
    /// <exception cref="LapeException">NeuronOutOfRange; LanguageUnknown; LanguagesTooFew; LanguageMissing where a neuron has no language whose mean it could take.</exception>
    public static Intervention Of(int layers, int width, IReadOnlyList<NeuronEdit> edits, ActivationMeans? means)
    {
        var intervention = new Intervention(layers, width);
        foreach (var edit in edits)
            foreach (var neuron in edit.Neurons)
            {
                if (neuron.Layer < 0 || neuron.Layer >= layers || neuron.Neuron < 0 || neuron.Neuron >= width)
                    throw new LapeException("NeuronOutOfRange",
                        $"Layer {neuron.Layer}, neuron {neuron.Neuron} is not in a model of {layers} layers with {width} neurons each. The neurons belong to another model.");
                if (edit.NeedsMeans && neuron.Languages.Count == 0)
                    throw new LapeException("LanguageMissing", $"Layer {neuron.Layer}, neuron {neuron.Neuron} has no language, so it is not known whose mean activation it is to take. Name the target.");
                var flat = (neuron.Layer * width) + neuron.Neuron;
                intervention._edits[neuron.Layer][neuron.Neuron] = edit.Mode switch
                {
                    InterventionMode.Zero => (0, 0),
                    InterventionMode.Constant => (0, (float)edit.Amount),
                    InterventionMode.Replace => (0, (float)(edit.Amount * means!.Mean(flat, neuron.Languages))),
                    InterventionMode.Add => (1, (float)(edit.Amount * means!.Mean(flat, neuron.Languages))),
                    _ => (1, (float)(edit.Amount * means!.Difference(flat, neuron.Languages))),
                };
            }
        return intervention;
    }

    /// <summary>
    /// The residual-stream difference of means: adds alpha mean norms of the unit vector from one language's mean to another's at the input of
    /// one block (see <see cref="ActivationMeans.ResidualDirection"/>).
    /// </summary>
    /// <exception cref="LapeException">Those of <see cref="ActivationMeans.ResidualDirection"/>.</exception>
    public static Intervention ResidualShift(int layers, int width, ActivationMeans means, string from, string to, int layer, double alpha)
    {
        var (unit, norm) = means.ResidualDirection(from, to, layer);
        var intervention = new Intervention(layers, width);
        intervention._residual[layer] = [.. unit.Select(u => (float)(alpha * norm * u))];
        return intervention;
    }
}
