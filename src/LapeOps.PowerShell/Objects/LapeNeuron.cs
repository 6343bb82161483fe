using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Objects;

/// <summary>A language-specific neuron: what Get-LapeNeurons and Import-LapeMask write, and Set-LapeMask and Export-LapeMask take.</summary>
public sealed class LapeNeuron
{
    internal LapeNeuron(NeuronOrigin origin, int layer, int neuron, IEnumerable<string> languages, double? score, ProbabilityTable? probability)
    {
        Origin = origin;
        Layer = layer;
        Neuron = neuron;
        Languages = new NameList(languages);
        Score = score;
        Probability = probability;
    }

    /// <summary>Its layer, from 0.</summary>
    public int Layer { get; }

    /// <summary>Its index in the layer, from 0.</summary>
    public int Neuron { get; }

    /// <summary>The languages that it belongs to; may be none.</summary>
    public NameList Languages { get; }

    /// <summary>Its entropy in nats: the lower, the more language-specific. Null where a mask file gave no scores.</summary>
    public double? Score { get; }

    /// <summary>Share of each language's tokens that activate it. Null where a mask file gave none.</summary>
    public ProbabilityTable? Probability { get; }

    /// <summary>Where it comes from; not a public property, so it is neither shown nor serialised.</summary>
    internal NeuronOrigin Origin { get; }

    /// <summary>layer:neuron languages.</summary>
    public override string ToString() => $"{Layer}:{Neuron} {Languages}";
}

/// <summary>What neurons of one selection share.</summary>
/// <param name="Selection">All of it: layers, languages in order, every neuron.</param>
/// <param name="Excluded">What control neurons have to avoid: the whole selection, neurons without an owner included.</param>
/// <param name="Statistics">The statistics that they were found in; null for a mask file.</param>
/// <param name="Model">The model that they were found in, where it is at hand.</param>
internal sealed record NeuronOrigin(NeuronMask Selection, NeuronMask Excluded, ActivationStatistics? Statistics, LapeModel? Model)
{
    /// <summary>Refuses another model than the one that they were found in.</summary>
    /// <exception cref="LapeException">ModelMismatch, MaskShapeMismatch.</exception>
    public void RequireModel(string fingerprint, string name, int layers, int width)
    {
        Statistics?.RequireModel(fingerprint, name, layers, width);
        Selection.RequireModel(fingerprint, name);
        Selection.ForModel(layers, width);
    }
}
