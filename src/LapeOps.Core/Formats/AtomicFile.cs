namespace LapeOps.Formats;

/// <summary>Files that are there whole or not at all: written beside their place, then renamed into it.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a file. An existing one is replaced only after <paramref name="write"/> has returned and the bytes are on disk;
    /// when it throws, nothing is left behind and the old file stands as it was.
    /// </summary>
    /// <exception cref="LapeException">OutputInUse: another program has the file open; OutputNotWritable: the folder cannot be made or written to, or the path is a folder or a device.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        path = Target(path);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            Replace(temporary, path);
        }
        catch (Exception e) when (IsHeld(e))
        {
            throw new LapeException("OutputInUse", $"{path} cannot be replaced: another program has it open. Close it there, or choose another output path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("OutputNotWritable", $"{path} cannot be written: {e.Message} Choose another output path, or free the file or its disk.", e);
        }
        finally
        {
            // Delete would throw over the error at hand where the folder could not be made.
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    // On Windows a virus scanner or an indexer opens a file for a moment.
    private static void Replace(string temporary, string path)
    {
        const int longest = 1600; // ms
        for (var wait = 50; ; wait *= 2)
        {
            try
            {
                File.Move(temporary, path, overwrite: true);
                return;
            }
            catch (Exception e) when (IsHeld(e) && wait <= longest)
            {
                Thread.Sleep(wait);
            }
        }
    }

    // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_USER_MAPPED_FILE.
    private static bool IsHeld(Exception e) => OperatingSystem.IsWindows() && e is IOException && (e.HResult & 0xffff) is (32 or 33 or 1224);

    /// <summary>Where a path leads: links are followed, so that they stay. Refuses what is no file.</summary>
    /// <exception cref="LapeException">OutputNotWritable.</exception>
    public static string Target(string path)
    {
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
            throw new LapeException("OutputNotWritable", $"{path} is a folder. Give the path of a file to write.");
        path = Path.GetFullPath(path);
        // Files in memory lie below /dev/shm; whatever else is below /dev is a device.
        if (!OperatingSystem.IsWindows() && path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal))
            throw new LapeException("OutputNotWritable", $"{path} is a device. Give the path of a file to write.");
        return File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : path;
    }
}
