namespace LapeOps.Formats;

/// <summary>What is free on disks.</summary>
public static class DiskSpace
{
    /// <summary>Bytes that are free where a path is or will be; null where that cannot be told.</summary>
    public static long? Free(string path)
    {
        try
        {
            var folder = Path.GetFullPath(path);
            while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
                folder = parent;
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // A share on Windows has no letter: the disk itself will tell.
            return null;
        }
    }
}
