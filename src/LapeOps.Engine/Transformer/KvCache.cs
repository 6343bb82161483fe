using LapeOps.Architectures;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// Keys and values of the tokens so far, allocated once and written in place; a sliding layer keeps those of its window, and a new token
/// takes the place of the oldest. A cache belongs to the rows, the interventions and the order in which it was filled: it is never shared
/// between runs.
/// </summary>
public sealed class KvCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly Device _device;

    /// <summary>An empty cache: a pair of [rows, keyHeads, capacity or window, headWidth] a layer.</summary>
    public KvCache(TransformerShape shape, int rows, int capacity, Device device, ScalarType type)
    {
        Capacity = capacity;
        Window = shape.Window;
        _device = device;
        _keys = Allocate();
        _values = Allocate();

        Tensor[] Allocate() => [.. Enumerable.Range(0, shape.Layers).Select(layer =>
            empty([rows, shape.KeyValueHeads, Room(capacity, shape.WindowOf(layer)), shape.HeadWidth], type, device).DetachFromDisposeScope())];
    }

    /// <summary>Tokens it has room for.</summary>
    public int Capacity { get; }

    /// <summary>Tokens that sliding layers keep; null where none slides.</summary>
    public int? Window { get; }

    /// <summary>Tokens in it, the same for every row and layer.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes a cache takes.</summary>
    public static long BytesFor(TransformerShape shape, int rows, long capacity, ScalarType type) =>
        2L * rows * shape.KeyValueHeads * shape.HeadWidth * type.ElementBytes() * Enumerable.Range(0, shape.Layers).Sum(layer => Room(capacity, shape.WindowOf(layer)));

    /// <summary>
    /// Puts the keys and values of new tokens behind those of a layer; returns all that any new token may attend to,
    /// [rows, keyHeads, <see cref="Columns"/>, headWidth].
    /// </summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        // Beyond it a layer that attends to all tokens would lose its oldest.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Length + keys.shape[2], Capacity);
        return (Append(_keys[layer], keys), Append(_values[layer], values));
    }

    /// <summary>The columns, counted over all tokens, of the keys that <see cref="Append(int, Tensor, Tensor)"/> returns for a layer: [keys] Int64.</summary>
    /// <param name="window">The layer's window.</param>
    /// <param name="added">New tokens.</param>
    internal Tensor Columns(int? window, int added)
    {
        var room = Room(Capacity, window);
        var all = Length + added;
        if (all > room && added == 1)
            return (all - 1) - ((all - 1) - arange(room, ScalarType.Int64, _device)).remainder(room);
        return arange(all > room ? Math.Max(0, Length - room) : 0, all, ScalarType.Int64, _device);
    }

    /// <summary>Counts tokens that every layer has appended.</summary>
    internal void Advance(int tokens) => Length += tokens;

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
            tensor.Dispose();
    }

    private static long Room(long capacity, int? window) => Math.Min(capacity, window ?? capacity);

    // A token stands in the place of its column modulo the room.
    private Tensor Append(Tensor kept, Tensor added)
    {
        var (room, count) = (kept.shape[2], added.shape[2]);
        if (Length + count <= room)
        {
            kept.narrow(2, Length, count).copy_(added);
            return kept.narrow(2, 0, Length + count);
        }
        if (count == 1)
        {
            kept.narrow(2, Length % room, 1).copy_(added);
            return kept;
        }
        var all = Length == 0 ? added : cat([InOrder(kept), added], 2);
        var last = all.narrow(2, all.shape[2] - room, room);
        var start = (Length + count) % room; // place of the oldest that stays
        kept.narrow(2, start, room - start).copy_(last.narrow(2, 0, room - start));
        kept.narrow(2, 0, start).copy_(last.narrow(2, room - start, start));
        return all;
    }

    private Tensor InOrder(Tensor kept)
    {
        var room = kept.shape[2];
        if (Length <= room)
            return kept.narrow(2, 0, Length);
        var start = Length % room;
        return cat([kept.narrow(2, start, room - start), kept.narrow(2, 0, start)], 2);
    }
}
