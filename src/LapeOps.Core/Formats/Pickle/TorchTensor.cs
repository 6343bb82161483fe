using System.Runtime.InteropServices;

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

    /// <summary>The elements of a tensor of 64-bit integers, in row-major order.</summary>
    /// <exception cref="LapeException">TensorTypeUnexpected: the elements are of another type; else as <see cref="ReadBytes"/>.</exception>
    public long[] ReadInt64()
    {
        if (Type != TorchType.Long)
            throw new LapeException("TensorTypeUnexpected", $"{_archive.Path}: tensor '{Name}' holds {Type} where Long (int64) is needed. It is a file of another kind.");
        var values = MemoryMarshal.Cast<byte, long>(ReadBytes()).ToArray();
        if (!BitConverter.IsLittleEndian)
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(values, values);
        return values;
    }
}
