using Microsoft.Win32.SafeHandles;

namespace LapeOps.Formats.Pickle;

/// <summary>A record of a zip file: where its bytes lie.</summary>
internal sealed record StoredEntry(string Name, long Offset, long Length, uint Crc);

/// <summary>
/// A zip file of stored (uncompressed) records, as torch writes them. <see cref="ZipDirectory"/> has checked everything when this is made:
/// every record lies in the file, none overlaps another, no name stands twice. What is read can therefore never be more than the file holds.
/// </summary>
internal sealed class StoredZip : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, StoredEntry> _byName;

    private StoredZip(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
        FileLength = RandomAccess.GetLength(file);
        Entries = new ZipDirectory(this).Read();
        _byName = Entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
    }

    public string Path { get; }

    public long FileLength { get; }

    /// <summary>The records in the order of their bytes.</summary>
    public IReadOnlyList<StoredEntry> Entries { get; }

    public static StoredZip Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(path))
            throw new LapeException("FileNotFound", $"{path} does not exist. Check the path.");
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return new StoredZip(path, file);
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
            throw;
        }
    }

    public StoredEntry? Find(string name) => _byName.GetValueOrDefault(name);

    public byte[] Read(StoredEntry entry) => Read(entry, 0, entry.Length);

    /// <summary>A range of a record's bytes; the checksum is compared where the range is the whole record.</summary>
    public byte[] Read(StoredEntry entry, long offset, long length)
    {
        if (length > Array.MaxLength)
            throw Invalid($"{length} bytes of {entry.Name} are more than can be read at once");
        var bytes = new byte[length];
        ReadExactly(bytes, entry.Offset + offset);
        if (length == entry.Length && Crc32.Of(bytes) != entry.Crc)
            throw Invalid($"the bytes of {entry.Name} do not have the checksum that is stored with them");
        return bytes;
    }

    public void ReadExactly(Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                throw Invalid("it became shorter while it was read");
            bytes = bytes[read..];
            offset += read;
        }
    }

    public LapeException Invalid(string what) =>
        new("TorchArchiveInvalid", $"{Path} is not a file in torch's zip format: {what}. Download it or save it (torch.save) again.");

    public void Dispose() => _file.Dispose();
}
