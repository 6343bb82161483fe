using System.Text.Json;
using LapeOps.Formats;

namespace LapeOps.Masks;

/// <summary>
/// A mask as safetensors: an int64 tensor <c>neurons/LANGUAGE</c> of [neurons, 2] for each language, rows of layer and index in ascending
/// order; in the metadata <c>lapeops_mask</c> (the format's version), and <c>layers</c>, <c>width</c> (null where it is not known),
/// <c>languages</c> in order and <c>provenance</c> as JSON.
/// </summary>
internal static class SafetensorsMask
{
    private const string Version = "1", VersionKey = "lapeops_mask", Prefix = "neurons/";

    public static NeuronMask Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault(VersionKey) != Version)
            throw MaskFile.Invalid(path, $"its metadata has no {VersionKey} = {Version}, so it is a safetensors file of another kind or version");
        var (layers, width, languages, provenance) = (Json<int>(file, "layers"), Json<int?>(file, "width"), Json<string[]>(file, "languages"), Json<Dictionary<string, string>>(file, "provenance"));
        if (layers is < 1 or > MaskFile.MostLayers || languages is not { Length: > 0 and <= MaskFile.MostLanguages } || languages.Any(l => l is null) || provenance is null || provenance.Values.Any(v => v is null))
            throw MaskFile.Invalid(path, "its metadata lacks layers, languages or provenance");
        if (file.Entries.Count != languages.Length)
            throw MaskFile.Invalid(path, $"it has {file.Entries.Count} tensors for {languages.Length} languages");
        return new NeuronMask(layers, width, languages, [.. languages.Select(l => Neurons(file, Prefix + l, layers))], provenance);
    }

    public static void Write(NeuronMask mask, string path)
    {
        var tensors = mask.Languages.Select(language =>
        {
            long[] places = [.. Enumerable.Range(0, mask.Layers).SelectMany(layer => mask.Neurons(language, layer).ToArray().SelectMany(neuron => new long[] { layer, neuron }))];
            return SafetensorsTensor.Of(Prefix + language, places, places.Length / 2, 2);
        });
        SafetensorsWriter.Write(path, [.. tensors], new Dictionary<string, string>
        {
            [VersionKey] = Version,
            ["layers"] = JsonSerializer.Serialize(mask.Layers),
            ["width"] = JsonSerializer.Serialize(mask.Width),
            ["languages"] = JsonSerializer.Serialize(mask.Languages),
            ["provenance"] = JsonSerializer.Serialize(new SortedDictionary<string, string>(mask.Provenance.ToDictionary(), StringComparer.Ordinal)),
        });
    }

    private static int[][] Neurons(SafetensorsFile file, string name, int layers)
    {
        if (file.Find(name) is not { DType: SafetensorsDType.I64, Shape: [_, 2] })
            throw MaskFile.Invalid(file.Path, $"it has no int64 tensor '{name}' of [neurons, 2]");
        var places = file.Read<long>(name).Span;
        var neurons = new List<int>[layers];
        for (var layer = 0; layer < layers; layer++)
            neurons[layer] = [];
        for (var i = 0; i < places.Length; i += 2)
        {
            if (places[i] < 0 || places[i] >= layers || places[i + 1] is < 0 or >= int.MaxValue)
                throw MaskFile.Invalid(file.Path, $"'{name}' has neuron {places[i + 1]} in layer {places[i]}, which is not one of {layers} layers or no index");
            neurons[places[i]].Add((int)places[i + 1]);
        }
        return Array.ConvertAll(neurons, n => n.ToArray());
    }

    private static T? Json<T>(SafetensorsFile file, string key)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(file.Metadata.GetValueOrDefault(key) ?? "null");
        }
        catch (JsonException e)
        {
            throw MaskFile.Invalid(file.Path, $"its {key} is not what a mask has there: {e.Message}", e);
        }
    }
}
