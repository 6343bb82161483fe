namespace LapeOps.Formats;

/// <summary>Keeps two runs from one file: the second is refused, or waits. The system frees it when a process dies.</summary>
public static class OutputLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.2);

    /// <summary>Takes the lock of an output path as soon as the run that has it ends; disposing frees it.</summary>
    /// <param name="outPath">The path.</param>
    /// <param name="waiting">Called once, where there is something to wait for.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was stopped.</exception>
    /// <exception cref="LapeException">OutputNotWritable.</exception>
    public static IDisposable Wait(string outPath, Action waiting, CancellationToken stop)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                return Take(outPath);
            }
            catch (LapeException e) when (e.ErrorId == "OutputInUse")
            {
                if (first)
                    waiting();
                stop.WaitHandle.WaitOne(Pause);
                stop.ThrowIfCancellationRequested();
            }
        }
    }

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
