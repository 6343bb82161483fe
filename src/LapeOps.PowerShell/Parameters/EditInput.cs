using LapeOps.Interventions;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Edits of neurons that came by pipeline.</summary>
internal static class EditInput
{
    /// <summary>An edit of the neurons of some languages, each towards the means of those that it was chosen for.</summary>
    /// <param name="neurons">The neurons.</param>
    /// <param name="languages">The languages; none for every neuron, towards the means of all its languages.</param>
    /// <param name="target">The one language whose mean all take; null for their own.</param>
    /// <param name="mode">What is done.</param>
    /// <param name="amount">Constant's value, alpha of the others.</param>
    public static NeuronEdit Of(IEnumerable<NeuronInput> neurons, IReadOnlyList<string> languages, string? target, InterventionMode mode, double amount)
    {
        var chosen = neurons.Where(n => languages.Count == 0 || n.Languages.Intersect(languages).Any());
        // The same neuron may have come twice, once for each language.
        var places = chosen.GroupBy(n => (n.Layer, n.Neuron), n => languages.Count == 0 ? n.Languages : n.Languages.Intersect(languages));
        return new([.. places.Select(p => new EditedNeuron(p.Key.Layer, p.Key.Neuron, target is null ? [.. p.SelectMany(l => l).Distinct()] : [target]))], mode, amount);
    }
}
