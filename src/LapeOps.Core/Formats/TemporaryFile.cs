using Microsoft.Win32.SafeHandles;

namespace LapeOps.Formats;

/// <summary>A file for what is too much for memory, in the system's temporary folder. It is gone when it is disposed, collected, or its process dies.</summary>
public sealed class TemporaryFile : IDisposable
{
    private readonly string _path = NewPath();
    private readonly SafeFileHandle _file;

    /// <summary>Makes an empty file.</summary>
    /// <exception cref="LapeException">TemporaryNotWritable.</exception>
    public TemporaryFile()
    {
        _file = Guard(() => File.OpenHandle(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose));
        // Windows deletes it when the process dies; on Unix a file without a name is gone then, too.
        if (!OperatingSystem.IsWindows())
            File.Delete(_path);
    }

    /// <summary>A path in the system's temporary folder where nothing is.</summary>
    public static string NewPath() => Path.Combine(Path.GetTempPath(), $"lapeops-{Guid.NewGuid():N}.tmp");

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Writes behind the last byte.</summary>
    /// <exception cref="LapeException">TemporaryNotWritable: the disk is full.</exception>
    public void Append(ReadOnlySpan<byte> bytes) => Write(Length, bytes);

    /// <summary>Writes at a place; the file grows where it has to.</summary>
    /// <exception cref="LapeException">TemporaryNotWritable: the disk is full.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, offset);
        }
        catch (IOException e)
        {
            throw NotWritable(e);
        }
        Length = Math.Max(Length, offset + bytes.Length);
    }

    /// <summary>Reads bytes that were written.</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                throw new EndOfStreamException($"{_path} ends before {offset + bytes.Length}.");
            bytes = bytes[read..];
            offset += read;
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }
    }

    private static LapeException NotWritable(Exception e) =>
        new("TemporaryNotWritable", $"A temporary file in {Path.GetTempPath()} cannot be written: {e.Message} Free its disk, or name another folder in {(OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR")}.", e);
}
