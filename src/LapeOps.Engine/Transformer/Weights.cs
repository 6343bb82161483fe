using LapeOps.Checkpoints;
using LapeOps.Formats;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// Weights of one block. Linear weights are [out, in] in the type that is computed in, or in bfloat16 on a CPU that computes in float32 and
/// widens them as it goes; norms are float32.
/// </summary>
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
    /// <summary>[vocabulary, hidden], in the type of a linear weight.</summary>
    Tensor Embedding { get; }

    /// <summary>[hidden], float32.</summary>
    Tensor FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the embedding where the head is tied.</summary>
    Tensor Head { get; }

    /// <summary>The weights of a block.</summary>
    BlockWeights Block(int layer);
}

/// <summary>
/// All weights on one device. What the file holds in a type and place that can be computed with stays mapped and is not copied: a model in
/// bfloat16 opens on a CPU at once and takes the memory of its file.
/// </summary>
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
            if (device.type == TorchSharp.DeviceType.META)
                return Own(empty(entry.Shape.ToArray(), wanted, device));
            var mapped = MappedTensor.Of(file, entry);
            if (device.type == TorchSharp.DeviceType.CPU && mapped.dtype == Held(entry, device, wanted))
            {
                MappedPages.Touch(file.Address(entry), entry.Length);
                return Own(mapped);
            }
            using (mapped)
                return Own(mapped.to(wanted, device));
        }
    }

    public Tensor Embedding { get; }

    public Tensor FinalNorm { get; }

    public Tensor Head { get; }

    public BlockWeights Block(int layer) => _blocks[layer];

    /// <summary>Bytes of all weights of a checkpoint, and of the largest one in float32 where that is made as it is used.</summary>
    public static long BytesFor(Checkpoint checkpoint, Device device, ScalarType type)
    {
        long held = 0, widened = 0;
        foreach (var (name, shape) in checkpoint.Expected())
        {
            var count = shape.Aggregate(1L, (product, size) => product * size);
            var kept = Held(checkpoint.Find(name)!.Value.Entry, device, shape.Length == 1 ? ScalarType.Float32 : type);
            held += count * kept.ElementBytes();
            if (kept != type)
                widened = Math.Max(widened, count * sizeof(float));
        }
        return held + widened;
    }

    /// <summary>The type that the weights of linear layers have in memory.</summary>
    public static ScalarType LinearType(Checkpoint checkpoint, Device device, ScalarType type) =>
        Held(checkpoint.Find(Checkpoint.At(checkpoint.Family.Names.Gate, 0))!.Value.Entry, device, type);

    // HostLinear widens bfloat16 itself.
    private static ScalarType Held(SafetensorsEntry entry, Device device, ScalarType wanted) =>
        device.type == TorchSharp.DeviceType.CPU && wanted == ScalarType.Float32 && entry.DType == SafetensorsDType.BF16 && entry.Shape.Count == 2 ? ScalarType.BFloat16 : wanted;

    public void Dispose()
    {
        foreach (var tensor in _all)
            tensor.Dispose();
    }
}
