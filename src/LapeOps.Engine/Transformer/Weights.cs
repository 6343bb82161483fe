using LapeOps.Architectures;
using LapeOps.Checkpoints;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>Weights of one block. Linear weights are [out, in] in the type that is computed in; norms are float32.</summary>
/// <param name="AttentionNorm">[hidden]</param>
/// <param name="Query">[heads * head, hidden]</param>
/// <param name="Key">[keyHeads * head, hidden]</param>
/// <param name="Value">[keyHeads * head, hidden]</param>
/// <param name="Output">[hidden, heads * head]</param>
/// <param name="FeedForwardNorm">[hidden]</param>
/// <param name="Gate">[width, hidden]</param>
/// <param name="Up">[width, hidden]</param>
/// <param name="Down">[hidden, width]</param>
public sealed record BlockWeights(
    Tensor AttentionNorm, Tensor Query, Tensor Key, Tensor Value, Tensor Output, Tensor FeedForwardNorm, Tensor Gate, Tensor Up, Tensor Down)
{
    /// <summary>[head], or null where queries have no norm.</summary>
    public Tensor? QueryNorm { get; init; }

    /// <summary>[head], or null where keys have no norm.</summary>
    public Tensor? KeyNorm { get; init; }

    /// <summary>[hidden], or null where attention's output has no norm.</summary>
    public Tensor? AttentionOutputNorm { get; init; }

    /// <summary>[hidden], or null where the feed-forward layer's output has no norm.</summary>
    public Tensor? FeedForwardOutputNorm { get; init; }
}

/// <summary>
/// Where the transformer takes its weights from, block by block. In memory today; a source that streams blocks from the file, or
/// spreads them over devices, is another implementation and not another transformer.
/// </summary>
public interface IWeightSource : IDisposable
{
    /// <summary>[vocabulary, hidden], in the type that is computed in.</summary>
    Tensor Embedding { get; }

    /// <summary>[hidden], float32.</summary>
    Tensor FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the embedding where the head is tied.</summary>
    Tensor Head { get; }

    /// <summary>The weights of a block.</summary>
    BlockWeights Block(int layer);

    /// <summary>Bytes that a block's weights take on the device.</summary>
    long BytesPerBlock { get; }
}

/// <summary>All weights on one device. What the file holds in the type and place that is needed stays mapped and is not copied.</summary>
internal sealed class ResidentWeights : IWeightSource
{
    private readonly BlockWeights[] _blocks;
    private readonly List<Tensor> _all = [];

    public ResidentWeights(Checkpoint checkpoint, Device device, ScalarType type)
    {
        var names = checkpoint.Family.Names;
        Embedding = Load(names.Embedding, type);
        FinalNorm = Norm(names.FinalNorm);
        Head = checkpoint.Shape.TiedHead ? Embedding : Load(names.Head, type);
        _blocks = [.. Enumerable.Range(0, checkpoint.Shape.Layers).Select(Blocks)];
        BytesPerBlock = BytesFor(checkpoint.Shape, type);

        BlockWeights Blocks(int layer)
        {
            return new(
                NormAt(names.AttentionNorm)!, At(names.Query), At(names.Key), At(names.Value), At(names.Output),
                NormAt(names.FeedForwardNorm)!, At(names.Gate), At(names.Up), At(names.Down))
            {
                QueryNorm = NormAt(names.QueryNorm),
                KeyNorm = NormAt(names.KeyNorm),
                AttentionOutputNorm = NormAt(names.AttentionOutputNorm),
                FeedForwardOutputNorm = NormAt(names.FeedForwardOutputNorm),
            };

            Tensor At(string name) => Load(Checkpoint.At(name, layer), type);

            Tensor? NormAt(string? name) => name is null ? null : Norm(Checkpoint.At(name, layer));
        }

        Tensor Norm(string name)
        {
            var stored = Load(name, ScalarType.Float32);
            return names.NormOffset == 0 ? stored : Own(stored + names.NormOffset);
        }

        Tensor Own(Tensor tensor)
        {
            _all.Add(tensor.DetachFromDisposeScope());
            return tensor;
        }

        Tensor Load(string name, ScalarType wanted)
        {
            var (file, entry) = checkpoint.Find(name)!.Value;
            var mapped = MappedTensor.Of(file, entry);
            var loaded = device.type == TorchSharp.DeviceType.META ? empty(entry.Shape.ToArray(), wanted, device) : mapped.to(wanted, device);
            if (loaded.Handle != mapped.Handle)
                mapped.Dispose();
            return Own(loaded);
        }
    }

    public Tensor Embedding { get; }

    public Tensor FinalNorm { get; }

    public Tensor Head { get; }

    public long BytesPerBlock { get; }

    public BlockWeights Block(int layer) => _blocks[layer];

    /// <summary>Bytes of a block's weights.</summary>
    public static long BytesFor(TransformerShape shape, ScalarType type)
    {
        long hidden = shape.Hidden;
        var attention = 2 * hidden * shape.HeadWidth * (shape.Heads + shape.KeyValueHeads);
        return ((attention + (3 * hidden * shape.Width)) * type.ElementBytes()) + (2 * hidden * sizeof(float));
    }

    public void Dispose()
    {
        foreach (var tensor in _all)
            tensor.Dispose();
    }
}
