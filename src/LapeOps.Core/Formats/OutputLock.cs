namespace LapeOps.Formats;

/// <summary>Keeps two runs from one statistics file: the second is refused. The system frees it when a process dies.</summary>
public static class OutputLock
{
    /// <summary>Takes the lock of an output path; disposing frees it.</summary>
    /// <exception cref="LapeException">OutputInUse; OutputNotWritable.</exception>
    public static IDisposable Take(string outPath)
    {
        var path = AtomicFile.Target(outPath) + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new LapeException("OutputInUse", $"{outPath} is being written by another run. Wait for it, or choose another path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("OutputNotWritable", $"{outPath} cannot be written: {e.Message} Choose another output path.", e);
        }
    }
}
