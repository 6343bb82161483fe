using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LapeOps.Architectures;
using LapeOps.Formats;

namespace LapeOps.Checkpoints;

/// <summary>
/// A model folder, opened without loading weights: config.json read and checked, the tensor table mapped and held against it.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private const int FingerprintSamples = 64;
    private const int SampleBytes = 4096;
    private const long MostConfigBytes = 1 << 20;
    private readonly ConfigReader _config;
    private readonly string _prefix;
    private readonly Lazy<string> _fingerprint;

    private Checkpoint(string folder, ConfigReader config, Family family, TransformerShape shape, IReadOnlyList<string> warnings, TensorTable tensors)
    {
        Folder = folder;
        _config = config;
        Family = family;
        Shape = shape;
        Warnings = warnings;
        Tensors = tensors;
        _prefix = family.Names.Prefixes.FirstOrDefault(prefix => tensors.Find(Prefixed(family.Names.Embedding, prefix)) is not null) ?? TensorNames.Prefix;
        _fingerprint = new(ComputeFingerprint);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>The folder's name, by which messages call the model.</summary>
    public string Name => Path.GetFileName(Folder);

    /// <summary>The family's descriptor.</summary>
    public Family Family { get; }

    /// <summary>What the arithmetic needs to know.</summary>
    public TransformerShape Shape { get; }

    /// <summary>What was passed over in the config, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The stored tensors.</summary>
    public TensorTable Tensors { get; }

    /// <summary>Stored weights; a tied head is the embedding and counts once.</summary>
    public long Parameters => Expected().Sum(e => e.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>
    /// SHA-256 over the config keys that the computation uses, the tensor table (name, dtype, shape), and 64 samples of 4 KiB of each
    /// tensor at fixed offsets, in lower-case hex. It tells models apart in milliseconds; it is no proof against intent.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Ids that end a generation: of generation_config.json where it names some, else of config.json.</summary>
    public IReadOnlyList<int> EndIds { get; private init; } = [];

    /// <summary>Opens a model folder.</summary>
    /// <exception cref="LapeException">Which file is wrong, and why: ModelNotFound, ConfigInvalid, ConfigUnsupported, FamilyUnsupported,
    /// WeightsMissing, SafetensorsInvalid, CheckpointInvalid or WeightsContradictConfig.</exception>
    public static Checkpoint Open(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(folder))
            throw new LapeException("ModelNotFound", $"{folder} is not a folder. A model is a folder with config.json, *.safetensors and tokenizer.json.");
        var whole = ConfigReader.Open(Path.Combine(folder, "config.json"));
        var config = whole.TextModel();
        var family = Family.Of(config);
        var warnings = family.Keys.Check(config);
        var shape = family.Shape(config);
        RequireConsistent(config, shape);
        var tensors = TensorTable.Open(folder);
        try
        {
            var checkpoint = new Checkpoint(folder, config, family, shape, warnings, tensors) { EndIds = ReadEndIds(folder, whole, config) };
            checkpoint.RequireExpectedTensors();
            return checkpoint;
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <summary>A stored tensor by the name that the family's table has for it, whatever prefix the checkpoint writes.</summary>
    public (SafetensorsFile File, SafetensorsEntry Entry)? Find(string name) => Tensors.Find(Prefixed(name, _prefix));

    /// <summary>Name, in the family's table, and shape of each tensor that this shape needs.</summary>
    public IEnumerable<(string Name, long[] Shape)> Expected()
    {
        long hidden = Shape.Hidden, width = Shape.Width, queries = (long)Shape.Heads * Shape.HeadWidth, keys = (long)Shape.KeyValueHeads * Shape.HeadWidth;
        var names = Family.Names;
        yield return (names.Embedding, [Shape.Vocabulary, hidden]);
        for (var layer = 0; layer < Shape.Layers; layer++)
        {
            yield return (At(names.AttentionNorm, layer), [hidden]);
            yield return (At(names.Query, layer), [queries, hidden]);
            yield return (At(names.Key, layer), [keys, hidden]);
            yield return (At(names.Value, layer), [keys, hidden]);
            yield return (At(names.Output, layer), [hidden, queries]);
            yield return (At(names.FeedForwardNorm, layer), [hidden]);
            yield return (At(names.Gate, layer), [width, hidden]);
            yield return (At(names.Up, layer), [width, hidden]);
            yield return (At(names.Down, layer), [hidden, width]);
            foreach (var (name, size) in new[]
            {
                (names.QueryNorm, Shape.HeadWidth), (names.KeyNorm, Shape.HeadWidth), (names.AttentionOutputNorm, hidden), (names.FeedForwardOutputNorm, hidden),
            })
                if (name is not null)
                    yield return (At(name, layer), [size]);
        }
        yield return (names.FinalNorm, [hidden]);
        if (!Shape.TiedHead)
            yield return (names.Head, [Shape.Vocabulary, hidden]);
    }

    /// <summary>A tensor's name in a layer.</summary>
    public static string At(string name, int layer) => name.Replace("{0}", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Unmaps the weights.</summary>
    public void Dispose() => Tensors.Dispose();

    private static string Prefixed(string name, string prefix) =>
        name.StartsWith(TensorNames.Prefix, StringComparison.Ordinal) ? prefix + name[TensorNames.Prefix.Length..] : name;

    private static void RequireConsistent(ConfigReader config, TransformerShape shape)
    {
        if (shape.Heads % shape.KeyValueHeads != 0)
            throw config.Contradiction($"{shape.Heads} query heads cannot share {shape.KeyValueHeads} key and value heads evenly");
        if (shape.HeadWidth % 2 != 0)
            throw config.Contradiction($"a head width of {shape.HeadWidth} is odd, and rotary positions turn pairs");
    }

    private void RequireExpectedTensors()
    {
        // The first tensor that is missing ends the loop: a config that claims millions of layers costs nothing.
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, shape) in Expected())
        {
            expected.Add(Prefixed(name, _prefix));
            var (file, entry) = Find(name) ?? throw Contradiction($"{Folder} has no tensor '{name}', which its config.json asks for");
            if (!entry.Shape.SequenceEqual(shape))
                throw Contradiction($"{file.Path}: '{name}' is {entry.ShapeText}, and config.json makes it [{string.Join(", ", shape)}]");
            MappedTensor.ScalarTypeOf(file, entry);
        }
        foreach (var (file, entry) in Tensors.Tensors)
            if (!expected.Contains(entry.Name) && entry.Name != Family.Names.Head && !Family.Names.Ignored.Any(entry.Name.EndsWith)
                && !Family.Names.OtherParts.Any(entry.Name.StartsWith))
                throw Contradiction($"{file.Path} holds '{entry.Name}', which its config.json does not account for");
    }

    private static LapeException Contradiction(string what) =>
        new("WeightsContradictConfig", $"{what}. The files belong to different models, or one was edited.");

    private static List<int> ReadEndIds(string folder, ConfigReader whole, ConfigReader config)
    {
        var file = Path.Combine(folder, "generation_config.json");
        var text = (File.Exists(file) ? ReadProperty(file, "eos_token_id") : null) ?? whole.Raw("eos_token_id") ?? config.Raw("eos_token_id") ?? "[]";
        using var json = JsonDocument.Parse(text);
        var ids = json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement.EnumerateArray().ToArray() : [json.RootElement];
        return [.. ids.Where(id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out _)).Select(id => id.GetInt32())];
    }

    private static string? ReadProperty(string file, string property)
    {
        var bytes = BoundedFile.Read(file, MostConfigBytes) ?? throw new LapeException("ConfigInvalid", $"{file} is not valid: it has more than {MostConfigBytes >> 20} MiB.");
        try
        {
            using var document = ForeignJson.Parse(bytes);
            return document.RootElement.TryGetProperty(property, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new LapeException("ConfigInvalid", $"{file} is not valid: {e.Message}", e);
        }
    }

    private unsafe string ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Line(_config.ModelType);
        foreach (var key in Family.Keys.Used)
            Line($"{key}={_config.Raw(key)}");
        foreach (var (file, entry) in Tensors.Tensors)
        {
            Line($"{entry.Name} {entry.DType} {entry.ShapeText}");
            foreach (var (offset, length) in Samples(entry.Length))
                hash.AppendData(new ReadOnlySpan<byte>((byte*)file.Address(entry) + offset, length));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Line(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }

    // Spread evenly from the first byte to the last; a tensor of up to 64 * 4 KiB is covered whole.
    private static IEnumerable<(long Offset, int Length)> Samples(long length)
    {
        if (length <= FingerprintSamples * SampleBytes)
        {
            yield return (0, (int)length);
            yield break;
        }
        for (var i = 0; i < FingerprintSamples; i++)
            yield return ((length - SampleBytes) / (FingerprintSamples - 1) * i, SampleBytes);
    }
}
