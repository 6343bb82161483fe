using LapeOps.Formats;

namespace LapeOps.Corpora;

/// <summary>A .gz unpacked into the system's temporary folder, for formats that are not read from front to back.</summary>
internal sealed class UnpackedFile : IDisposable
{
    private UnpackedFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Unpacks a file; one that is not packed is taken as it is, and null is returned.</summary>
    /// <exception cref="LapeException">CorpusInvalid, FileNotReadable; CorpusTooLarge; TemporaryNotWritable.</exception>
    public static UnpackedFile? Of(string path)
    {
        if (!CorpusFileName.Of(path).Gzip)
            return null;
        var unpacked = new UnpackedFile(TemporaryFile.NewPath());
        try
        {
            unpacked.Fill(path);
            return unpacked;
        }
        catch (Exception e)
        {
            unpacked.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new LapeException("TemporaryNotWritable", $"{path} cannot be unpacked into {System.IO.Path.GetTempPath()}: {e.Message} Unpack it yourself, or free the disk.", e);
            throw;
        }
    }

    public void Dispose() => File.Delete(Path);

    private void Fill(string path)
    {
        using var packed = CorpusStream.Open(path);
        using var file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var buffer = new byte[1 << 16];
        for (int read; (read = packed.Read(buffer)) > 0;)
        {
            file.Write(buffer, 0, read);
            if (file.Length > DocumentLimit.SuspiciousLength && packed.IsBomb)
                throw new LapeException("CorpusTooLarge", $"{path} unpacks to over {CorpusStream.MostRatio} times its size, which its format never does. Check where it is from.");
        }
    }
}
