using System.IO.Compression;

namespace LapeOps.Corpora;

/// <summary>
/// A corpus file's bytes, unpacked where it is a .gz. It knows how much was read of the packed file, so that a document that only a
/// compressor could have written is refused before it fills the memory.
/// </summary>
internal sealed class CorpusStream : IDisposable
{
    // Text shrinks to a fifth at best, and what is repeated over and over to a thousandth.
    public const int MostRatio = 100;

    private readonly FileStream _file;
    private readonly Stream _bytes;
    private long _read;

    private CorpusStream(string path, FileStream file, bool gzip)
    {
        Path = path;
        _file = file;
        _bytes = gzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    public string Path { get; }

    /// <summary>Whether the file has unpacked to so many times its size that it cannot be text.</summary>
    public bool IsBomb => _read > MostRatio * Math.Max(_file.Position, 1);

    public static CorpusStream Open(string path) => Guard(path, () =>
        new CorpusStream(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.SequentialScan), CorpusFileName.Of(path).Gzip));

    /// <summary>Reads bytes; 0 at the end.</summary>
    public int Read(Span<byte> bytes)
    {
        try
        {
            var read = _bytes.Read(bytes);
            _read += read;
            return read;
        }
        catch (Exception e) when (IsReading(e))
        {
            throw Unreadable(Path, e);
        }
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _file.Dispose();
    }

    internal static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsReading(e))
        {
            throw Unreadable(path, e);
        }
    }

    private static bool IsReading(Exception e) => e is IOException or UnauthorizedAccessException or InvalidDataException;

    private static LapeException Unreadable(string path, Exception e) => e is InvalidDataException
        ? new("CorpusInvalid", $"{path} is no whole gzip file: {e.Message} Download or write it again, or take .gz off its name.", e)
        : new("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
}
