namespace LapeOps.Formats;

/// <summary>Folders that are there whole or not at all: filled beside their place, then moved into it.</summary>
public static class AtomicFolder
{
    /// <summary>Fills a folder. When <paramref name="fill"/> throws, nothing is left behind, and a folder that is there stands as it was.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="fill">Fills the empty folder that it is given.</param>
    /// <param name="stays">Whether a folder that is there is as good, as one is that another maker just finished; else it is replaced.</param>
    public static void Make(string path, Action<string> fill, Func<bool> stays)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            Put(temporary, path, stays);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Puts a folder that was filled beside its place there. What it replaces is gone only when it stands.</summary>
    /// <param name="filled">The folder to move.</param>
    /// <param name="path">Where to.</param>
    /// <param name="stays">As in <see cref="Make"/>.</param>
    public static void Put(string filled, string path, Func<bool> stays)
    {
        var old = $"{path}.{Guid.NewGuid():N}.old.tmp";
        try
        {
            if (Directory.Exists(path) && !stays())
                Directory.Move(path, old);
            Directory.Move(filled, path);
        }
        catch (IOException) when (stays())
        {
            // Another maker was first.
        }
        catch when (Directory.Exists(old) && !Directory.Exists(path))
        {
            Directory.Move(old, path);
            throw;
        }
        if (Directory.Exists(old))
            Directory.Delete(old, recursive: true);
    }
}
