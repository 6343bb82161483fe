using System.Buffers.Binary;

namespace LapeOps.Formats.Pickle;

/// <summary>An immutable sequence of values, as Python's tuple.</summary>
/// <param name="Items">Its values; what they may be is said at <see cref="TorchArchive.Root"/>.</param>
public sealed record TorchTuple(IReadOnlyList<object?> Items);

/// <summary>A contiguous tensor of an archive. Its elements stay in the file until they are read.</summary>
public sealed class TorchTensor
{
    private readonly TorchArchive _archive;
    private readonly StoredEntry _entry;
    private readonly long _offset;

    internal TorchTensor(TorchArchive archive, StoredEntry entry, string name, TorchType type, IReadOnlyList<long> shape, long offset, long count)
    {
        _archive = archive;
        _entry = entry;
        _offset = offset;
        Name = name;
        Type = type;
        Shape = shape;
        Count = count;
    }

    /// <summary>The key of its storage in the archive ("0", "1", ...): a tensor has no other name there.</summary>
    public string Name { get; }

    /// <summary>Type of the elements.</summary>
    public TorchType Type { get; }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The elements as little-endian bytes, in row-major order.</summary>
    /// <exception cref="LapeException">TorchArchiveInvalid: the bytes do not have the archive's checksum, or are more than an array holds.</exception>
    public byte[] ReadBytes() => _archive.Zip.Read(_entry, _offset * Type.Size(), Count * Type.Size());

    /// <summary>The elements of a tensor of 64-bit or 32-bit integers, in row-major order.</summary>
    /// <exception cref="LapeException">TensorTypeUnexpected: the elements are of another type; else as <see cref="ReadBytes"/>.</exception>
    public long[] ReadInt64() => ToInt64(Count, ReadBytes);

    /// <summary>Some of the elements of a tensor of 64-bit or 32-bit integers; their checksum is not compared.</summary>
    /// <exception cref="LapeException">TensorTypeUnexpected: the elements are of another type.</exception>
    public long[] ReadInt64(long first, int count) => ToInt64(count, () => _archive.Zip.Read(_entry, (_offset + first) * Type.Size(), (long)count * Type.Size()));

    private long[] ToInt64(long count, Func<byte[]> read)
    {
        if (Type is not (TorchType.Long or TorchType.Int))
            throw new LapeException("TensorTypeUnexpected", $"{_archive.Path}: tensor '{Name}' holds {Type} where Long (int64) or Int (int32) is needed. It is a file of another kind.");
        ReadOnlySpan<byte> bytes = read();
        var values = new long[count];
        for (var i = 0; i < values.Length; i++)
            values[i] = Type == TorchType.Long
                ? BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..])
                : BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        return values;
    }
}
