using System.Globalization;
using System.Management.Automation;
using LapeOps.Masks;
using LapeOps.PowerShell.Objects;

namespace LapeOps.PowerShell.Parameters;

/// <summary>A mask as a parameter: a mask file, or neurons, whose shape may be that of what they are compared with.</summary>
internal sealed class MaskInput
{
    private readonly NeuronMask? _read;
    private readonly NeuronInput[] _neurons = [];
    private readonly NeuronMask? _selection;

    private MaskInput(NeuronMask read) => _read = read;

    private MaskInput(PSObject[] items)
    {
        _neurons = [.. items.Select(NeuronInput.Of)];
        _selection = _neurons.Select(n => n.Origin?.Selection).FirstOrDefault(s => s is not null);
        var scores = _neurons.Zip(items.Select(ScoreOf)).Where(n => n.Second is { } score && !double.IsNaN(score)).ToArray();
        if (scores.Length > 0)
            Scores = scores.GroupBy(n => (n.First.Layer, n.First.Neuron), n => n.Second!.Value).ToDictionary(n => n.Key, n => n.First());
    }

    /// <summary>Scores by neuron; null where there are none.</summary>
    public IReadOnlyDictionary<(int Layer, int Neuron), double>? Scores { get; }

    /// <summary>L, where it is known.</summary>
    public int? Layers => (_read ?? _selection)?.Layers;

    /// <summary>d, where it is known.</summary>
    public int? Width => (_read ?? _selection)?.Width;

    /// <summary>Reads the path of a mask file, or neurons.</summary>
    /// <exception cref="LapeException">MaskEmpty, NeuronInvalid, and those of <see cref="MaskFile.Read"/>.</exception>
    public static MaskInput Of(string parameter, IReadOnlyList<object?> items, Func<string, string> resolve)
    {
        object?[] values = [.. items.Where(i => i is not null)];
        return values.Select(v => v.Unwrapped()).ToArray() switch
        {
            [] => throw new LapeException("MaskEmpty", $"No neuron came as {parameter}. Give neurons, or the path of a mask file, and check what selects them."),
            [string path] => new(MaskFile.Read(resolve(path))),
            [FileInfo file] => new(MaskFile.Read(file.FullName)),
            _ => new([.. values.Select(v => PSObject.AsPSObject(v))]),
        };
    }

    /// <summary>The mask. Neurons that name no languages are of one language, called as the parameter is.</summary>
    /// <exception cref="LapeException">NeuronOutOfRange; MaskShapeUnknown.</exception>
    public NeuronMask ToMask(string name, int? layers, int? width)
    {
        if (_read is not null)
            return _read;
        var shape = (Layers: Layers ?? layers ?? throw new LapeException("MaskShapeUnknown",
            "Neither side says how many layers and neurons the model has, on which chance depends: objects with Layer and Neuron do not. Give -Layers and -Width."), Width: Width ?? width);
        if (_neurons.FirstOrDefault(n => n.Layer < 0 || n.Layer >= shape.Layers || n.Neuron < 0 || n.Neuron >= (shape.Width ?? int.MaxValue)) is { } outside)
            throw new LapeException("NeuronOutOfRange", $"Neuron {outside.Neuron} of layer {outside.Layer} is beyond {shape.Layers} layers x {shape.Width?.ToString(CultureInfo.InvariantCulture) ?? "?"} neurons. The neurons belong to another model.");
        string[] languages = [.. (_selection?.Languages ?? []).Union(_neurons.SelectMany(n => n.Languages))];
        return languages.Length == 0
            ? new NeuronMask(shape.Layers, shape.Width, [name], [Places(_neurons)])
            : new NeuronMask(shape.Layers, shape.Width, languages, [.. languages.Select(l => Places(_neurons.Where(n => n.Languages.Contains(l))))]);

        int[][] Places(IEnumerable<NeuronInput> neurons) => NeuronMask.ByLayer(shape.Layers, neurons.Select(n => (n.Layer, n.Neuron)));
    }

    private static double? ScoreOf(PSObject item) => item.BaseObject is LapeNeuron neuron
        ? neuron.Score
        : double.TryParse(Convert.ToString(item.Properties["Score"]?.Value.Unwrapped(), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var score) ? score : null;
}
