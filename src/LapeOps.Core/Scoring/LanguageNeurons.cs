using LapeOps.Masks;

namespace LapeOps.Scoring;

/// <summary>A selected neuron.</summary>
/// <param name="Layer">Layer i, from 0.</param>
/// <param name="Neuron">Neuron j of the layer, from 0.</param>
/// <param name="Score">Its entropy H in nats; the lower, the more language-specific.</param>
/// <param name="Owners">The languages that it belongs to, as indices into <see cref="LanguageNeurons.Languages"/>, ascending; may be none.</param>
/// <param name="Probabilities">[K] share of each language's positions at which it is active.</param>
public sealed record LanguageNeuron(int Layer, int Neuron, float Score, IReadOnlyList<int> Owners, IReadOnlyList<float> Probabilities);

/// <summary>The language-specific neurons of a model, by layer and neuron.</summary>
/// <param name="Layers">L, layers of the model.</param>
/// <param name="Width">d, neurons a layer.</param>
/// <param name="Languages">Names of the K languages.</param>
/// <param name="Neurons">The selected neurons.</param>
/// <param name="Cut">q(FilterRate): candidates have some probability above it.</param>
/// <param name="Bar">q(OwnerRate): owners have a probability above it.</param>
public sealed record LanguageNeurons(int Layers, int Width, IReadOnlyList<string> Languages, IReadOnlyList<LanguageNeuron> Neurons, float Cut, float Bar)
{
    /// <summary>The mask of every language's neurons; languages that own none keep their place.</summary>
    /// <param name="provenance">What they were found in; see <see cref="MaskProvenance"/>.</param>
    public NeuronMask ToMask(IReadOnlyDictionary<string, string>? provenance = null) => new(Layers, Width, Languages,
        [.. Languages.Select((_, k) => ByLayer(Neurons.Where(n => n.Owners.Contains(k))))], provenance);

    /// <summary>
    /// The whole selection as a mask of one language named "selected", neurons without an owner included: what control neurons have to avoid.
    /// </summary>
    public NeuronMask SelectionMask() => new(Layers, Width, ["selected"], [ByLayer(Neurons)]);

    private int[][] ByLayer(IEnumerable<LanguageNeuron> neurons) => NeuronMask.ByLayer(Layers, neurons.Select(n => (n.Layer, n.Neuron)));
}
