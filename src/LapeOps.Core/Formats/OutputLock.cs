namespace LapeOps.Formats;

/// <summary>Keeps two runs from one output: the second is refused, or waits. The system frees it when a process dies.</summary>
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

    /// <summary>Takes a lock file, after whoever has it; disposing frees it. The file stays: one that is deleted could be locked twice.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="waits">Called once where another run has it.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="LapeException">OutputNotWritable.</exception>
    public static async Task<IDisposable> Wait(string path, Action waits, CancellationToken stop)
    {
        for (var told = false; ; told = true)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException e) when (IsTaken(e))
            {
                if (!told)
                    waits();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new LapeException("OutputNotWritable", $"{path} cannot be written: {e.Message} Free its disk, or allow to write there.", e);
            }
            await Task.Delay(100, stop);
        }
    }

    // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION; EWOULDBLOCK.
    private static bool IsTaken(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xffff) is 32 or 33 : e.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);
}
