using System.Text.Json;
using LapeOps.Formats;

namespace LapeOps.Architectures;

/// <summary>Reads values of a config.json, each with the default of transformers' config class and a check of its range.</summary>
public sealed class ConfigReader
{
    private const long MostBytes = 1 << 20;
    private readonly JsonElement _root;

    private ConfigReader(string path, JsonElement root, string modelType)
    {
        Path = path;
        _root = root;
        ModelType = modelType;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The family, as model_type names it.</summary>
    public string ModelType { get; }

    /// <summary>All keys with their values as JSON text, in ordinal order.</summary>
    public IEnumerable<(string Key, string Value)> Keys =>
        _root.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => (p.Name, Compact(p.Value)));

    /// <summary>Opens a config.json.</summary>
    /// <exception cref="LapeException">FileNotFound or ConfigInvalid.</exception>
    public static ConfigReader Open(string path)
    {
        if (!File.Exists(path))
            throw new LapeException("FileNotFound", $"{path} does not exist. A model is a folder with config.json, *.safetensors and tokenizer.json.");
        var bytes = BoundedFile.Read(path, MostBytes) ?? throw Invalid(path, $"it has more than {MostBytes >> 20} MiB");
        try
        {
            using var document = ForeignJson.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            var root = document.RootElement.Clone();
            if (root.ValueKind != JsonValueKind.Object)
                throw Invalid(path, "it is not a JSON object");
            return root.TryGetProperty("model_type", out var type) && type.ValueKind == JsonValueKind.String
                ? new ConfigReader(path, root, type.GetString()!)
                : throw Invalid(path, "it has no model_type");
        }
        catch (JsonException e)
        {
            throw Invalid(path, e.Message, e);
        }
    }

    /// <summary>A whole number of at least 1; absent or null takes the default.</summary>
    public int Size(string key, int otherwise)
    {
        if (Find(key) is not { } value)
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var size) && size is > 0 and <= 1 << 24
            ? size
            : throw Invalid(Path, $"'{key}' is {Compact(value)} and has to be a whole number between 1 and {1 << 24}");
    }

    /// <summary>A finite positive number.</summary>
    public double Positive(string key, double otherwise)
    {
        if (Find(key) is not { } value)
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && number > 0
            ? number
            : throw Invalid(Path, $"'{key}' is {Compact(value)} and has to be a positive number");
    }

    /// <summary>True or false.</summary>
    public bool Flag(string key, bool otherwise) => Find(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        var value => throw Invalid(Path, $"'{key}' is {Compact(value.Value)} and has to be true or false"),
    };

    /// <summary>A string.</summary>
    public string Text(string key, string otherwise) => Find(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        var value => throw Invalid(Path, $"'{key}' is {Compact(value.Value)} and has to be a string"),
    };

    /// <summary>A list of strings, or null where there is none.</summary>
    public IReadOnlyList<string>? Texts(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } value when value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(v => v.GetString()!)],
        var value => throw Invalid(Path, $"'{key}' is {Compact(value.Value)} and has to be a list of strings"),
    };

    /// <summary>Whether a key is there, be it null.</summary>
    public bool Has(string key) => _root.TryGetProperty(key, out _);

    /// <summary>The text model's part of a multimodal config: what stands under text_config, a family of its own; else the config itself.</summary>
    public ConfigReader TextModel() => Section("text_config") is { } text
        ? new ConfigReader(text.Path, text._root, text.Text("model_type", ModelType + "_text"))
        : this;

    /// <summary>The object under a key as a reader of its own, or null where there is none.</summary>
    public ConfigReader? Section(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ConfigReader($"{Path} ({key})", value, ModelType),
        var value => throw Invalid(Path, $"'{key}' is {Compact(value.Value)} and has to be an object"),
    };

    /// <summary>The value of a key as JSON text; null where it is absent.</summary>
    public string? Raw(string key) => Find(key) is { } value ? Compact(value) : null;

    /// <summary>An error about a key that cannot be computed.</summary>
    public LapeException Unsupported(string key, string why) =>
        new("ConfigUnsupported", $"{Path}: '{key}' {why}. This checkpoint is not supported.");

    /// <summary>An error about values that contradict each other.</summary>
    public LapeException Contradiction(string what) => Invalid(Path, what);

    private static LapeException Invalid(string path, string what, Exception? inner = null) =>
        new("ConfigInvalid", $"{path} is not a valid config: {what}.", inner);

    private JsonElement? Find(string key) => _root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);
}
