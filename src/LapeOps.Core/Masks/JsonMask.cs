using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LapeOps.Formats;

namespace LapeOps.Masks;

/// <summary>
/// A mask as JSON: <c>{"layers": 2, "width": 8, "languages": ["en", "zh"], "neurons": {"en": [[0, 5], []], "zh": [[], [7]]}, "provenance": {}}</c>,
/// neurons by language and layer. Width is null where it is not known; provenance may be left out.
/// </summary>
internal static class JsonMask
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
    };

    private const long MostBytes = 64 << 20;

    private sealed record Document(int Layers, int? Width, string[] Languages, Dictionary<string, int[][]> Neurons, Dictionary<string, string>? Provenance = null);

    public static NeuronMask Read(string path)
    {
        var json = BoundedFile.Read(path, MostBytes) ?? throw MaskFile.Invalid(path, $"it has more than {MostBytes >> 20} MiB");
        Document? mask;
        try
        {
            ForeignJson.Require(json);
            mask = JsonSerializer.Deserialize<Document>(json, _options);
        }
        catch (JsonException e)
        {
            throw MaskFile.Invalid(path, $"its JSON is not that of a mask: {e.Message}", e);
        }
        if (mask is null || mask.Neurons.Count != mask.Languages.Length || mask.Languages.Any(l => l is null || !mask.Neurons.ContainsKey(l)))
            throw MaskFile.Invalid(path, "languages and the names under neurons are not the same");
        // Nullable annotations are checked for properties but not for what arrays and dictionaries hold.
        if (mask.Neurons.Values.Any(layers => layers is null || layers.Any(n => n is null)) || mask.Provenance?.Values.Any(v => v is null) == true)
            throw MaskFile.Invalid(path, "a layer or a provenance in it is null");
        return new NeuronMask(mask.Layers, mask.Width, mask.Languages, [.. mask.Languages.Select(l => mask.Neurons[l])], mask.Provenance);
    }

    public static void Write(NeuronMask mask, string path)
    {
        var neurons = mask.Languages.ToDictionary(l => l, l => Enumerable.Range(0, mask.Layers).Select(layer => mask.Neurons(l, layer).ToArray()).ToArray());
        var provenance = mask.Provenance.OrderBy(p => p.Key, StringComparer.Ordinal).ToDictionary(p => p.Key, p => p.Value);
        var document = new Document(mask.Layers, mask.Width, [.. mask.Languages], neurons, provenance);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, document, _options));
    }
}
