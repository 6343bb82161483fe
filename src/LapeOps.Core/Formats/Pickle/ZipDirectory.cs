using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Formats.Pickle;

/// <summary>
/// Reads a zip file's central directory (APPNOTE.TXT 4.3, section numbers below) and checks it against the file: the one gate between
/// a zip file's claims and the code that reads its records.
/// </summary>
internal sealed class ZipDirectory(StoredZip zip)
{
    private const int EndLength = 22, End64Length = 56, Locator64Length = 20, CentralLength = 46, LocalLength = 30;

    /// <summary>Bytes that a directory may have: room for 100,000 records.</summary>
    private const int MaxLength = 16 << 20;

    public IReadOnlyList<StoredEntry> Read()
    {
        var (count, offset, length) = FindDirectory();
        var directory = new byte[length];
        zip.ReadExactly(directory, offset);
        var records = ReadRecords(directory, count);
        if (records.DistinctBy(r => r.Name, StringComparer.Ordinal).Count() != records.Count)
            throw zip.Invalid($"it holds the record '{records.GroupBy(r => r.Name).First(g => g.Count() > 1).Key}' twice");
        var entries = new List<StoredEntry>(records.Count);
        long reached = 0;
        foreach (var record in records.OrderBy(r => r.LocalOffset))
        {
            var entry = Locate(record, offset);
            if (record.LocalOffset < reached)
                throw zip.Invalid($"the record '{record.Name}' overlaps another");
            reached = entry.Offset + entry.Length;
            entries.Add(entry);
        }
        return entries;
    }

    private sealed record CentralRecord(string Name, byte[] RawName, ushort Flags, uint Crc, long Length, long LocalOffset);

    /// <summary>4.3.16 end of central directory; 4.3.15 and 4.3.14 where there are a zip64 locator and record. Torch writes no comment.</summary>
    private (long Count, long Offset, int Length) FindDirectory()
    {
        if (zip.FileLength < EndLength)
            throw zip.Invalid($"it has {zip.FileLength} bytes, fewer than the smallest zip file");
        Span<byte> end = stackalloc byte[EndLength];
        var directoryEnd = zip.FileLength - EndLength;
        zip.ReadExactly(end, directoryEnd);
        if (U32(end, 0) != 0x06054b50)
            throw zip.Invalid(IsLegacy()
                ? "it is in the legacy format of torch before 1.6, a bare pickle, which is not read. In a place that you trust it to run code in, load it with torch and"
                    + " save it again without _use_new_zipfile_serialization=False"
                : "it does not end like a zip file: truncated, or of another kind");
        if (U16(end, 4) != 0 || U16(end, 6) != 0)
            throw zip.Invalid("it is one part of several");
        (ulong count, ulong length, ulong offset) = (U16(end, 10), U32(end, 12), U32(end, 16));
        if (Read64(directoryEnd) is { } wide)
        {
            if ((count != ushort.MaxValue && count != wide.Count) || (length != uint.MaxValue && length != wide.Length) || (offset != uint.MaxValue && offset != wide.Offset))
                throw zip.Invalid("its two ends contradict each other");
            (count, length, offset, directoryEnd) = wide;
        }
        if (length > MaxLength || length > (ulong)directoryEnd || offset != (ulong)directoryEnd - length)
            throw zip.Invalid($"it announces a directory of {length} bytes at {offset}, which does not end where the end record begins, at {directoryEnd}");
        if (count > length / CentralLength)
            throw zip.Invalid($"it announces {count} records in a directory of {length} bytes");
        return ((long)count, (long)offset, (int)length);
    }

    // Torch's magic number 0x1950a86a20f9469cfc6c as the first pickle of a file: PROTO 2, LONG1 of ten bytes.
    private bool IsLegacy()
    {
        ReadOnlySpan<byte> magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
        Span<byte> start = stackalloc byte[magic.Length];
        zip.ReadExactly(start, 0);
        return start.SequenceEqual(magic);
    }

    private (ulong Count, ulong Length, ulong Offset, long DirectoryEnd)? Read64(long end)
    {
        if (end < Locator64Length)
            return null;
        Span<byte> locator = stackalloc byte[Locator64Length];
        zip.ReadExactly(locator, end - Locator64Length);
        if (U32(locator, 0) != 0x07064b50)
            return null;
        var offset = U64(locator, 8);
        if (end < Locator64Length + End64Length || offset != (ulong)(end - Locator64Length - End64Length))
            throw zip.Invalid("its zip64 end record is not where its locator says");
        Span<byte> record = stackalloc byte[End64Length];
        zip.ReadExactly(record, (long)offset);
        if (U32(record, 0) != 0x06064b50)
            throw zip.Invalid("its zip64 end record is not one");
        return (U64(record, 32), U64(record, 40), U64(record, 48), (long)offset);
    }

    private List<CentralRecord> ReadRecords(ReadOnlySpan<byte> directory, long count)
    {
        var records = new List<CentralRecord>();
        for (long i = 0; i < count; i++)
        {
            if (directory.Length < CentralLength || U32(directory, 0) != 0x02014b50)
                throw zip.Invalid($"record {i} of its directory is not one");
            int nameLength = U16(directory, 28), extraLength = U16(directory, 30), commentLength = U16(directory, 32);
            var total = CentralLength + nameLength + extraLength + commentLength;
            if (total > directory.Length)
                throw zip.Invalid($"record {i} of its directory is longer than the directory");
            records.Add(ReadRecord(directory, directory.Slice(CentralLength, nameLength), directory.Slice(CentralLength + nameLength, extraLength)));
            directory = directory[total..];
        }
        return directory.IsEmpty ? records : throw zip.Invalid("its directory is longer than its records");
    }

    /// <summary>4.3.12: only stored (4.4.5), unencrypted (4.4.4 bit 0) records.</summary>
    private CentralRecord ReadRecord(ReadOnlySpan<byte> header, ReadOnlySpan<byte> rawName, ReadOnlySpan<byte> extra)
    {
        var name = Encoding.UTF8.GetString(rawName);
        var (flags, method) = (U16(header, 8), U16(header, 10));
        if (method != 0 || (flags & 1) != 0)
            throw zip.Invalid($"the record '{name}' is compressed or encrypted; torch stores records as they are");
        (ulong compressed, ulong length, ulong offset) = (U32(header, 20), U32(header, 24), U32(header, 42));
        var wide = Extra64(extra);
        if (length == uint.MaxValue)
            length = Take64(ref wide, name);
        if (compressed == uint.MaxValue)
            compressed = Take64(ref wide, name);
        if (offset == uint.MaxValue)
            offset = Take64(ref wide, name);
        if (compressed != length || length > (ulong)zip.FileLength || offset > (ulong)zip.FileLength || U16(header, 34) != 0)
            throw zip.Invalid($"the record '{name}' announces {length} bytes ({compressed} stored) at {offset} in a file of {zip.FileLength}");
        return new CentralRecord(name, rawName.ToArray(), flags, U32(header, 16), (long)length, (long)offset);
    }

    /// <summary>4.5.3: the values of the zip64 extra field, in the order of the fields that they replace.</summary>
    private static ReadOnlySpan<byte> Extra64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var end = Math.Min(4 + U16(extra, 2), extra.Length);
            if (U16(extra, 0) == 1)
                return extra[4..end];
            extra = extra[end..];
        }
        return [];
    }

    private ulong Take64(ref ReadOnlySpan<byte> wide, string name)
    {
        if (wide.Length < 8)
            throw zip.Invalid($"the record '{name}' lacks its zip64 sizes");
        var value = U64(wide, 0);
        wide = wide[8..];
        return value;
    }

    /// <summary>4.3.7: the local header has to be that of the same record; the bytes follow it and end before the directory.</summary>
    private StoredEntry Locate(CentralRecord record, long directoryOffset)
    {
        var header = new byte[LocalLength + record.RawName.Length];
        if (record.LocalOffset + header.Length > directoryOffset)
            throw zip.Invalid($"the record '{record.Name}' begins at {record.LocalOffset}, beyond the last record");
        zip.ReadExactly(header, record.LocalOffset);
        if (U32(header, 0) != 0x04034b50 || U16(header, 8) != 0 || U16(header, 6) != record.Flags
            || U16(header, 26) != record.RawName.Length || !header.AsSpan(LocalLength).SequenceEqual(record.RawName))
            throw zip.Invalid($"the record '{record.Name}' is another one at its place, {record.LocalOffset}");
        // With flag bit 3 the sizes follow the data and are 0 here; zip64 sizes stand in the extra field.
        if (U32(header, 18) is not (0 or uint.MaxValue) and var local && local != record.Length)
            throw zip.Invalid($"the record '{record.Name}' has two lengths, {record.Length} and {local}");
        var begin = record.LocalOffset + header.Length + U16(header, 28);
        if (begin + record.Length > directoryOffset)
            throw zip.Invalid($"the record '{record.Name}' of {record.Length} bytes does not fit before the directory at {directoryOffset}");
        return new StoredEntry(record.Name, begin, record.Length, record.Crc);
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
