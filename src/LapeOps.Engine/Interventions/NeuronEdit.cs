using LapeOps.Masks;
using LapeOps.Scoring;

namespace LapeOps.Interventions;

/// <summary>What an intervention does to the activation <c>a</c> of a neuron (METHOD.md, "Interventions"); mu is a mean activation.</summary>
public enum InterventionMode
{
    /// <summary><c>a = 0</c>.</summary>
    Zero,
    /// <summary><c>a = amount</c>.</summary>
    Constant,
    /// <summary><c>a = amount * mu</c> of the neuron's languages.</summary>
    Replace,
    /// <summary><c>a += amount * mu</c> of the neuron's languages.</summary>
    Add,
    /// <summary><c>a += amount * (mu - mean of mu over the other languages)</c>.</summary>
    DiffMean,
}

/// <summary>A neuron to edit.</summary>
/// <param name="Layer">Its layer.</param>
/// <param name="Neuron">Its index in the layer.</param>
/// <param name="Languages">Whose mean activation it takes; of several, the mean of theirs. Not looked at by Zero and Constant.</param>
public readonly record struct EditedNeuron(int Layer, int Neuron, IReadOnlyList<string> Languages);

/// <summary>Neurons, and what is done to them.</summary>
/// <param name="Neurons">The neurons.</param>
/// <param name="Mode">What.</param>
/// <param name="Amount">Constant's value, alpha of the others.</param>
public sealed record NeuronEdit(IReadOnlyList<EditedNeuron> Neurons, InterventionMode Mode, double Amount = 1)
{
    /// <summary>Whether mean activations are needed.</summary>
    public bool NeedsMeans => Mode is InterventionMode.Replace or InterventionMode.Add or InterventionMode.DiffMean;

    /// <summary>An edit of some languages' neurons, each towards the means of those of them that own it.</summary>
    /// <exception cref="LapeException">LanguageUnknown.</exception>
    public static NeuronEdit Of(NeuronMask mask, IReadOnlyList<string> languages, InterventionMode mode, double amount = 1)
    {
        var owned = languages.SelectMany(language => mask.Select([language]).All(), (language, place) => (language, place));
        return new([.. owned.GroupBy(o => o.place, o => o.language).Select(o => new EditedNeuron(o.Key.Layer, o.Key.Neuron, [.. o]))], mode, amount);
    }

    /// <summary>
    /// The paper's steering: the neurons of some languages are switched off, then those of others driven, so that a neuron of both is driven.
    /// </summary>
    /// <param name="mask">Whose neurons are whose.</param>
    /// <param name="off">Languages to switch off.</param>
    /// <param name="drive">Languages to drive.</param>
    /// <param name="mode">How they are driven; the paper replaces.</param>
    /// <param name="amount">alpha.</param>
    /// <exception cref="LapeException">LanguageUnknown.</exception>
    public static IReadOnlyList<NeuronEdit> Steering(NeuronMask mask, IReadOnlyList<string> off, IReadOnlyList<string> drive, InterventionMode mode = InterventionMode.Replace, double amount = 1) =>
        [Of(mask, off, InterventionMode.Zero), Of(mask, drive, mode, amount)];

    /// <summary>
    /// Random controls of edits: as many neurons of each layer for each edit, and for each set of languages whose mean is taken, none of the
    /// selection and none twice.
    /// </summary>
    /// <param name="edits">What is to be matched.</param>
    /// <param name="selection">What to avoid.</param>
    /// <param name="layers">L.</param>
    /// <param name="width">d.</param>
    /// <param name="seed">The same seed gives the same neurons on every machine.</param>
    /// <exception cref="LapeException">RandomNeuronsDoNotFit; MaskShapeMismatch.</exception>
    public static IReadOnlyList<NeuronEdit> Random(IReadOnlyList<NeuronEdit> edits, NeuronMask selection, int layers, int width, ulong seed)
    {
        var taken = selection;
        var drawn = 0UL;
        return [.. edits.Select((edit, e) =>
        {
            // A neuron that a later edit names too is that one's.
            var later = edits.Skip(e + 1).SelectMany(l => l.Neurons, (_, n) => (n.Layer, n.Neuron)).ToHashSet();
            var groups = edit.Neurons.Where(n => !later.Contains((n.Layer, n.Neuron))).GroupBy(n => edit.NeedsMeans ? string.Join('\n', n.Languages) : "");
            return edit with { Neurons = [.. groups.SelectMany(Draw)] };
        })];

        IEnumerable<EditedNeuron> Draw(IEnumerable<EditedNeuron> like)
        {
            var languages = like.First().Languages;
            var control = RandomNeurons.Draw(OneRow(like.Select(n => (n.Layer, n.Neuron))), taken, width, seed + (drawn++ << 32));
            taken = OneRow(taken.All().Concat(control.All()));
            return [.. control.All().Select(n => new EditedNeuron(n.Layer, n.Neuron, languages))];
        }

        NeuronMask OneRow(IEnumerable<(int, int)> neurons) => new(layers, width, ["neurons"], [NeuronMask.ByLayer(layers, neurons)]);
    }
}
