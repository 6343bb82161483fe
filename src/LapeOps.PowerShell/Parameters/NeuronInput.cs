using System.Collections;
using System.Globalization;
using System.Management.Automation;
using LapeOps.Masks;
using LapeOps.PowerShell.Objects;

namespace LapeOps.PowerShell.Parameters;

/// <summary>A neuron as a parameter: of ours, or any object with the properties Layer and Neuron, numbers or text.</summary>
internal sealed record NeuronInput(int Layer, int Neuron, IReadOnlyList<string> Languages, NeuronOrigin? Origin)
{
    /// <summary>Reads an object.</summary>
    /// <exception cref="LapeException">NeuronInvalid.</exception>
    public static NeuronInput Of(PSObject input)
    {
        if (input.BaseObject is LapeNeuron neuron)
            return new(neuron.Layer, neuron.Neuron, neuron.Languages, neuron.Origin);
        return new(Number(input, "Layer"), Number(input, "Neuron"), [.. LanguagesOf(input.Properties["Languages"]?.Value)], null);
    }

    /// <summary>Refuses neurons that were found in another model than this one.</summary>
    /// <exception cref="LapeException">ModelMismatch, MaskShapeMismatch.</exception>
    public static void RequireModel(IEnumerable<NeuronInput> neurons, string fingerprint, string name, int layers, int width)
    {
        foreach (var origin in neurons.Select(n => n.Origin).OfType<NeuronOrigin>().Distinct())
            origin.RequireModel(fingerprint, name, layers, width);
    }

    /// <summary>Neurons of one selection as the mask of all its languages, with what it was made of.</summary>
    public static NeuronMask MaskOf(IReadOnlyList<LapeNeuron> neurons)
    {
        var all = neurons[0].Origin.Selection;
        var byLanguage = neurons.SelectMany(n => n.Languages, (n, language) => (language, Place: (n.Layer, n.Neuron))).ToLookup(n => n.language, n => n.Place);
        return new NeuronMask(all.Layers, all.Width, all.Languages, [.. all.Languages.Select(l => NeuronMask.ByLayer(all.Layers, byLanguage[l]))], all.Provenance);
    }

    /// <summary>Neurons as a mask of one language named <paramref name="name"/>, of the model's shape.</summary>
    /// <exception cref="LapeException">NeuronOutOfRange.</exception>
    public static NeuronMask MaskOf(IEnumerable<NeuronInput> neurons, string name, LapeModel model)
    {
        var places = neurons.Select(n => (n.Layer, n.Neuron)).ToArray();
        foreach (var layer in places.GroupBy(n => n.Layer, n => n.Neuron))
            if (layer.Key < 0 || layer.Key >= model.Layers || layer.Any(n => n < 0 || n >= model.Width))
                throw new LapeException("NeuronOutOfRange",
                    $"Layer {layer.Key} has neurons up to {layer.Max()}, and '{model.Name}' has {model.Layers} layers with {model.Width} neurons each. The neurons belong to another model.");
        return new NeuronMask(model.Layers, model.Width, [name], [NeuronMask.ByLayer(model.Layers, places)]);
    }

    // A list, as Import-Clixml and ConvertFrom-Json give it, or its text, as Import-Csv does.
    private static IEnumerable<string> LanguagesOf(object? value) => value.Unwrapped() switch
    {
        null => [],
        string text => NameList.Parse(text),
        IEnumerable names => names.Cast<object?>().Select(n => n?.ToString() ?? ""),
        var other => NameList.Parse(other.ToString() ?? ""),
    };

    private static int Number(PSObject input, string property) =>
        int.TryParse(input.Properties[property]?.Value?.ToString(), CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new LapeException("NeuronInvalid", $"'{input}' has no whole number as {property}, so it is no neuron. Pipe neurons of Get-LapeNeurons, or objects with Layer and Neuron.");
}
