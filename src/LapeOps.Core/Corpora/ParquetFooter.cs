using System.Buffers.Binary;

namespace LapeOps.Corpora;

/// <summary>
/// Walks the metadata at the end of a Parquet file (a struct in Thrift's compact protocol, its length, and PAR1) and refuses one that is not
/// whole, before the library reads it, which would go round for ever at the end of a broken one.
/// </summary>
internal sealed class ParquetFooter(byte[] footer)
{
    private const int MostLength = 64 << 20, MostDepth = 32, TailLength = 8;

    private int _position;

    /// <summary>Refuses a file whose metadata is not whole.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static void Require(Stream file)
    {
        Span<byte> tail = stackalloc byte[TailLength];
        if (file.Length < TailLength + 4)
            throw new InvalidDataException($"it has {file.Length} bytes");
        file.Position = file.Length - TailLength;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8))
            throw new InvalidDataException("it does not end with PAR1: truncated, encrypted or of another kind");
        if (length > MostLength || length > file.Length - TailLength - 4)
            throw new InvalidDataException($"it announces {length} bytes of metadata in a file of {file.Length}");
        var footer = new byte[length];
        file.Position = file.Length - TailLength - length;
        file.ReadExactly(footer);
        file.Position = 0;
        new ParquetFooter(footer).Struct(0);
    }

    // Field headers: id difference (or 0 and the id itself) and type; 0 ends the struct.
    private void Struct(int depth)
    {
        while (Byte() is var header and not 0)
        {
            if (header >> 4 == 0)
                Varint();
            // As a field, a boolean is its type.
            if ((header & 15) is var type and not (1 or 2))
                Value(type, depth + 1);
        }
    }

    private void Value(int type, int depth)
    {
        if (depth > MostDepth)
            throw new InvalidDataException($"its metadata is nested more than {MostDepth} deep");
        switch (type)
        {
            case 1 or 2 or 3: Take(1); break;
            case 4 or 5 or 6: Varint(); break;
            case 7: Take(8); break;
            case 8: Take(Varint()); break;
            case 9 or 10: List(depth); break;
            case 11: Map(depth); break;
            case 12: Struct(depth); break;
            default: throw new InvalidDataException($"its metadata has a value of the type {type}");
        }
    }

    private void List(int depth)
    {
        var header = Byte();
        Many(header >> 4 == 15 ? Varint() : (ulong)(header >> 4), depth, header & 15);
    }

    private void Map(int depth)
    {
        if (Varint() is var size and > 0 && Byte() is var types)
            Many(size, depth, types >> 4, types & 15);
    }

    private void Many(ulong size, int depth, params int[] types)
    {
        // Each takes a byte at the least.
        if (size > (ulong)Left)
            throw new InvalidDataException($"its metadata announces a list of {size} where {Left} bytes are left");
        for (ulong i = 0; i < size; i++)
            foreach (var type in types)
                Value(type, depth + 1);
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
                return value;
        }
        throw new InvalidDataException("its metadata has a number of more than 64 bits");
    }

    private byte Byte()
    {
        Take(1);
        return footer[_position - 1];
    }

    private void Take(ulong length)
    {
        if (length > (ulong)Left)
            throw new InvalidDataException("its metadata ends too early");
        _position += (int)length;
    }

    private int Left => footer.Length - _position;
}
