using LapeOps.Architectures;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// Keys and values of the tokens so far, allocated once and written in place. A cache belongs to the rows, the interventions and the
/// order in which it was filled: it is never shared between runs.
/// </summary>
public sealed class KvCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;

    /// <summary>An empty cache: a pair of [rows, keyHeads, capacity, headWidth] a layer.</summary>
    public KvCache(TransformerShape shape, int rows, int capacity, Device device, ScalarType type)
    {
        Capacity = capacity;
        _keys = Allocate();
        _values = Allocate();

        Tensor[] Allocate() => [.. Enumerable.Range(0, shape.Layers).Select(_ =>
            empty([rows, shape.KeyValueHeads, capacity, shape.HeadWidth], type, device).DetachFromDisposeScope())];
    }

    /// <summary>Tokens it has room for.</summary>
    public int Capacity { get; }

    /// <summary>Tokens in it, the same for every row and layer.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes a cache takes.</summary>
    public static long BytesFor(TransformerShape shape, int rows, long capacity, ScalarType type) =>
        2L * shape.Layers * rows * shape.KeyValueHeads * capacity * shape.HeadWidth * type.ElementBytes();

    /// <summary>Puts the keys and values of new tokens behind those of a layer; returns all, [rows, keyHeads, tokens so far, headWidth].</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        var added = keys.shape[2];
        _keys[layer].narrow(2, Length, added).copy_(keys);
        _values[layer].narrow(2, Length, added).copy_(values);
        return (_keys[layer].narrow(2, 0, Length + added), _values[layer].narrow(2, 0, Length + added));
    }

    /// <summary>Counts tokens that every layer has appended.</summary>
    internal void Advance(int tokens) => Length += tokens;

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
            tensor.Dispose();
    }
}
