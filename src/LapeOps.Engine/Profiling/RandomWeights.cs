using LapeOps.Architectures;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Profiling;

/// <summary>Random weights of a shape, made on the device: for measuring what a model of that shape takes, without one.</summary>
public sealed class RandomWeights : IWeightSource
{
    private readonly BlockWeights[] _blocks;
    private readonly List<Tensor> _all = [];

    /// <summary>Makes weights.</summary>
    /// <param name="shape">The shape; the head is the embedding.</param>
    /// <param name="names">The names of a family's tensors, for which of them there are.</param>
    /// <param name="type">The type of the linear weights.</param>
    /// <param name="device">Where they are.</param>
    public RandomWeights(TransformerShape shape, TensorNames names, ScalarType type, Device device)
    {
        long hidden = shape.Hidden, width = shape.Width, queries = (long)shape.Heads * shape.HeadWidth, keys = (long)shape.KeyValueHeads * shape.HeadWidth;
        Embedding = Random(shape.Vocabulary, hidden);
        FinalNorm = Norm(hidden);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(_ => new BlockWeights(
            Norm(hidden), Random(queries, hidden), Random(keys, hidden), Random(keys, hidden), Random(hidden, queries),
            Norm(hidden), Random(width, hidden), Random(width, hidden), Random(hidden, width))
        {
            QueryNorm = NormAt(names.QueryNorm, shape.HeadWidth),
            KeyNorm = NormAt(names.KeyNorm, shape.HeadWidth),
            AttentionOutputNorm = NormAt(names.AttentionOutputNorm, hidden),
            FeedForwardOutputNorm = NormAt(names.FeedForwardOutputNorm, hidden),
        })];

        // Of such a size that activations keep theirs from block to block.
        Tensor Random(long outputs, long inputs) => Own(rand([outputs, inputs], type, device).sub_(0.5).mul_(2 / Math.Sqrt(inputs)));

        Tensor? NormAt(string? name, long size) => name is null ? null : Norm(size);

        Tensor Norm(long size) => Own(ones(size, ScalarType.Float32, device));

        Tensor Own(Tensor tensor)
        {
            _all.Add(tensor.DetachFromDisposeScope());
            return tensor;
        }
    }

    /// <inheritdoc/>
    public Tensor Embedding { get; }

    /// <inheritdoc/>
    public Tensor FinalNorm { get; }

    /// <inheritdoc/>
    public Tensor Head => Embedding;

    /// <inheritdoc/>
    public BlockWeights Block(int layer) => _blocks[layer];

    /// <summary>Frees them.</summary>
    public void Dispose()
    {
        foreach (var tensor in _all)
            tensor.Dispose();
    }
}
