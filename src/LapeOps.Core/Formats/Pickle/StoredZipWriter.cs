using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Formats.Pickle;

/// <summary>A record that was written, by its name without the root folder.</summary>
internal sealed record ZipRecord(string Name, byte[] FullName, uint Length, uint Crc, uint Offset);

/// <summary>
/// Writes stored records as torch's zip writer does (APPNOTE.TXT 4.3): bytes begin at multiples of 64, which an extra field "FB" pads to;
/// checksum and sizes follow the bytes; no dates. Up to 4 GiB.
/// </summary>
internal sealed class StoredZipWriter(Stream stream, string root)
{
    private const int LocalLength = 30, Alignment = 64;
    private const ushort Utf8Name = 0x800, SizesFollow = 8;

    private readonly List<ZipRecord> _records = [];
    private uint _position;

    /// <summary>The records so far.</summary>
    public IReadOnlyList<ZipRecord> Records => _records;

    public void Add(string name, ReadOnlySpan<byte> bytes)
    {
        var record = new ZipRecord(name, Encoding.UTF8.GetBytes($"{root}/{name}"), (uint)bytes.Length, Crc32.Of(bytes), _position);
        _records.Add(record);
        Emit(LocalHeader(record));
        Emit(bytes);
        if (record.Length > 0)
            Emit([.. "PK\x07\x08"u8, .. U32(record.Crc), .. U32(record.Length), .. U32(record.Length)]);
    }

    /// <summary>Writes the directory and, as torch does for every size, both its zip64 and its plain end record.</summary>
    public void Finish()
    {
        var begin = _position;
        foreach (var record in _records)
            Emit(CentralHeader(record));
        var (end, length, count) = (_position, _position - begin, (ulong)_records.Count);
        Emit([.. "PK\x06\x06"u8, .. U64(44), .. U16(0x031e), .. U16(45), .. U32(0), .. U32(0), .. U64(count), .. U64(count), .. U64(length), .. U64(begin)]);
        Emit([.. "PK\x06\x07"u8, .. U32(0), .. U64(end), .. U32(1)]);
        var shown = (ushort)Math.Min(count, ushort.MaxValue);
        Emit([.. "PK\x05\x06"u8, .. U16(0), .. U16(0), .. U16(shown), .. U16(shown), .. U32(length), .. U32(begin), .. U16(0)]);
    }

    /// <summary>4.3.7. A record without bytes has no descriptor behind it and does not announce one.</summary>
    private byte[] LocalHeader(ZipRecord record)
    {
        var unpadded = _position + LocalLength + (uint)record.FullName.Length + 4;
        var padding = (Alignment - unpadded % Alignment) % Alignment;
        return [.. "PK\x03\x04"u8, .. U16(0), .. Flags(record), .. new byte[18], .. U16((ushort)record.FullName.Length), .. U16((ushort)(padding + 4)),
            .. record.FullName, .. "FB"u8, .. U16((ushort)padding), .. Enumerable.Repeat((byte)'Z', (int)padding)];
    }

    /// <summary>4.3.12.</summary>
    private static byte[] CentralHeader(ZipRecord record)
    {
        return [.. "PK\x01\x02"u8, .. U32(0), .. Flags(record), .. new byte[6], .. U32(record.Crc), .. U32(record.Length), .. U32(record.Length),
            .. U16((ushort)record.FullName.Length), .. new byte[12], .. U32(record.Offset), .. record.FullName];
    }

    private static byte[] Flags(ZipRecord record) => U16((ushort)(Utf8Name | (record.Length > 0 ? SizesFollow : 0)));

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _position = checked(_position + (uint)bytes.Length);
    }

    private static byte[] U16(ushort value) => Bytes(2, value);

    private static byte[] U32(uint value) => Bytes(4, value);

    private static byte[] U64(ulong value) => Bytes(8, value);

    private static byte[] Bytes(int length, ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..length];
    }
}
