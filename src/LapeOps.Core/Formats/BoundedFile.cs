namespace LapeOps.Formats;

/// <summary>Reads files that are taken into memory whole, and that nobody needs larger than a limit.</summary>
public static class BoundedFile
{
    /// <summary>The bytes of a text file without a byte order mark, or null where it has more than <paramref name="most"/>. Links are followed before the size is taken.</summary>
    /// <exception cref="LapeException">FileNotReadable.</exception>
    public static byte[]? Read(string path, long most)
    {
        try
        {
            var bytes = ReadUnchanged(path, most);
            // Editors on Windows begin text with a byte order mark, which JSON does not allow.
            return bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes![3..] : bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>All bytes of a file, or null where it has more than <paramref name="most"/>. Links are followed before the size is taken.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[]? ReadUnchanged(string path, long most)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (stream.Length > most)
            return null;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
