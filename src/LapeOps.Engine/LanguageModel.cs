using LapeOps.Architectures;
using LapeOps.Checkpoints;
using LapeOps.Corpora;
using LapeOps.Native;
using LapeOps.Tokenization;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps;

/// <summary>
/// A model with its weights on a device. Views of it (<see cref="ModelView"/>) share the weights. Several threads may compute with it at
/// once; closing it waits for them, and every later use of it or of a view fails with one error.
/// </summary>
public sealed class LanguageModel : IDisposable
{
    private const string TokenizerFile = "tokenizer.json";
    private readonly Checkpoint _checkpoint;
    private readonly IWeightSource _weights;
    private readonly Lock _gate = new();
    private readonly List<IDisposable> _owned = [];
    private readonly HuggingFaceTokenizer? _tokenizer;
    private readonly Lazy<string> _fingerprint;
    private int _leases;
    private bool _closed;

    private LanguageModel(Checkpoint checkpoint, IWeightSource weights, HuggingFaceTokenizer? tokenizer, torch.Device device, ComputeType type)
    {
        _checkpoint = checkpoint;
        _weights = weights;
        _tokenizer = tokenizer;
        Device = device;
        Type = type;
        _fingerprint = new(ReadFingerprint);
        Transformer = new Transformer(checkpoint.Shape, _weights, device, type.ToTorch());
    }

    /// <summary>The folder's full path.</summary>
    public string Folder => _checkpoint.Folder;

    /// <summary>The folder's name.</summary>
    public string Name => _checkpoint.Name;

    /// <summary>What the arithmetic knows of the model.</summary>
    public TransformerShape Shape => _checkpoint.Shape;

    /// <summary>What its weights are, without their values.</summary>
    internal Checkpoint Checkpoint => _checkpoint;

    /// <summary>Tells models apart; see <see cref="Checkpoint.Fingerprint"/>.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Whether the folder has a tokenizer; without one, only ids go in and come out.</summary>
    public bool HasTokenizer => _tokenizer is not null;

    /// <summary>Text to ids and back.</summary>
    /// <exception cref="LapeException">TokenizerMissing where the folder has none.</exception>
    public HuggingFaceTokenizer Tokenizer => _tokenizer
        ?? throw new LapeException("TokenizerMissing", $"{Folder} has no {TokenizerFile}, so text cannot become ids. Put the model's tokenizer there.");

    /// <summary>SHA-256 of tokenizer.json; empty where there is none.</summary>
    public string TokenizerHash => _tokenizer?.Sha256 ?? "";

    /// <summary>Ids that end a generation.</summary>
    public IReadOnlyList<int> EndIds => _checkpoint.EndIds;

    /// <summary>What was passed over while opening, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => NativeRuntime.Warning is { } warning ? [warning, .. _checkpoint.Warnings] : _checkpoint.Warnings;

    /// <summary>Where it computes.</summary>
    public torch.Device Device { get; }

    /// <summary>cpu, cuda:N or meta.</summary>
    public string DeviceName => Device.type.ToString().ToLowerInvariant() + (Device.type == DeviceType.CUDA ? $":{Device.index}" : "");

    /// <summary>What its linear layers compute in.</summary>
    public ComputeType Type { get; }

    /// <summary>Whether it was closed.</summary>
    public bool Closed
    {
        get
        {
            lock (_gate)
                return _closed;
        }
    }

    /// <summary>The forward pass.</summary>
    public Transformer Transformer { get; }

    /// <summary>Opens a model folder and loads its weights.</summary>
    /// <param name="folder">config.json, *.safetensors, tokenizer.json.</param>
    /// <param name="device">Auto, cpu, cuda, cuda:N (or meta, which has shapes and no values).</param>
    /// <param name="type">What linear layers compute in; null for the device's default: float32 on a CPU, bfloat16 on CUDA.</param>
    /// <exception cref="LapeException">What <see cref="Checkpoint.Open"/> and the tokenizer refuse; TokenizerContradictsModel; DeviceUnknown,
    /// DeviceUnavailable; MemoryInsufficient with both numbers.</exception>
    public static LanguageModel Open(string folder, string device = Devices.Auto, ComputeType? type = null) =>
        Load(folder, () => Checkpoint.Open(folder), device, type);

    /// <summary>Loads the weights of a checkpoint, which belongs to the model from now on, and is closed where this fails.</summary>
    internal static LanguageModel Load(Checkpoint checkpoint, string device, ComputeType? type) =>
        Load(checkpoint.Folder, () => checkpoint, device, type);

    private static LanguageModel Load(string folder, Func<Checkpoint> open, string device, ComputeType? type)
    {
        var reading = Task.Run(() => HuggingFaceTokenizer.Exists(folder) ? HuggingFaceTokenizer.LoadFolder(folder) : null); // takes as long as the rest together
        var checkpoint = open();
        IWeightSource? weights = null;
        try
        {
            NativeRuntime.EnsureLoaded();
            var where = Devices.Resolve(device);
            var computed = ComputeTypes.Resolve(type, where);
            Memory.Require($"The model '{checkpoint.Name}' in {computed}", ResidentWeights.BytesFor(checkpoint, where, computed.ToTorch()), Memory.Available(where), "Free memory, or open a smaller model.");
            weights = new ResidentWeights(checkpoint, where, computed.ToTorch());
            if (!reading.IsCompleted)
                CompilePass(checkpoint.Shape, weights, where, computed);
            var tokenizer = reading.GetAwaiter().GetResult();
            RequireFitting(checkpoint, tokenizer);
            return new LanguageModel(checkpoint, weights, tokenizer, where, computed);
        }
        catch
        {
            weights?.Dispose();
            checkpoint.Dispose();
            throw;
        }
    }

    // The first pass of a process compiles its code, which takes no longer than the tokenizer still does. The last block has all of it.
    private static void CompilePass(TransformerShape shape, IWeightSource weights, torch.Device device, ComputeType type)
    {
        const int tokens = 8;
        using var scope = torch.NewDisposeScope();
        using var transformer = new Transformer(shape, weights, device, type.ToTorch());
        var stream = torch.zeros(1, tokens, shape.Hidden, device: device);
        transformer.HiddenFrom(shape.Layers - 1, stream, Attending.WholeRows(shape, tokens, device), FeedForwardTap.None);
    }

    private static void RequireFitting(Checkpoint checkpoint, HuggingFaceTokenizer? tokenizer)
    {
        if (tokenizer?.VocabularySize > checkpoint.Shape.Vocabulary)
            throw new LapeException("TokenizerContradictsModel",
                $"{checkpoint.Folder}: {Path.GetFileName(tokenizer.File)} has {tokenizer.VocabularySize} ids and the model's embedding {checkpoint.Shape.Vocabulary} rows. The files belong to different models.");
    }

    // A tenth of a second for a large model, and only when somebody asks.
    private string ReadFingerprint()
    {
        using var lease = Lease();
        return _checkpoint.Fingerprint;
    }

    /// <summary>Tokenizes a language's text and cuts it into rows.</summary>
    /// <exception cref="LapeException">Those of <see cref="TokenRows"/>; TokenizerMissing.</exception>
    public TokenRows Rows(LanguageCorpus corpus, CorpusReading reading, RowPlan plan, CancellationToken stop) =>
        TokenRows.Cut(corpus, reading, Tokenizer, plan, Shape.Vocabulary, stop);

    /// <summary>Bytes that all weights take, or would on another device.</summary>
    internal long WeightBytes(torch.Device device) => ResidentWeights.BytesFor(_checkpoint, device, Type.ToTorch());

    /// <summary>Keeps the model open while something computes with it.</summary>
    /// <exception cref="LapeException">ModelClosed.</exception>
    internal IDisposable Lease()
    {
        lock (_gate)
        {
            if (_closed)
                throw new LapeException("ModelClosed", $"The model '{Name}' was closed. Open it again with Open-LapeModel, and make its masks anew.");
            _leases++;
            return new Ending(this);
        }
    }

    /// <summary>Frees something with the model.</summary>
    internal T Own<T>(T resource) where T : IDisposable
    {
        lock (_gate)
            _owned.Add(resource);
        return resource;
    }

    /// <summary>Frees the weights and unmaps the files, as soon as nothing computes with them any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            if (_leases == 0)
                Free();
        }
    }

    private void Free()
    {
        foreach (var resource in _owned)
            resource.Dispose();
        Transformer.Dispose();
        _weights.Dispose();
        _checkpoint.Dispose();
    }

    private sealed class Ending(LanguageModel model) : IDisposable
    {
        private bool _ended;

        public void Dispose()
        {
            lock (model._gate)
            {
                if (_ended)
                    return;
                _ended = true;
                if (--model._leases == 0 && model._closed)
                    model.Free();
            }
        }
    }
}
