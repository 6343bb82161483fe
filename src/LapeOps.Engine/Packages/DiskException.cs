namespace LapeOps.Packages;

/// <summary>A file that cannot be written, told apart from a connection that was cut.</summary>
/// <param name="inner">What the system said.</param>
internal sealed class DiskException(Exception inner) : IOException(inner.Message, inner)
{
    // ENOSPC, EDQUOT; ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL.
    private static readonly int[] Full = OperatingSystem.IsWindows() ? [39, 112] : OperatingSystem.IsMacOS() ? [28, 69] : [28, 122];

    /// <summary>Whether there is no room, and not something else.</summary>
    public bool IsFull => Full.Contains(InnerException!.HResult & 0xffff);

    /// <summary>Runs something that writes.</summary>
    /// <exception cref="DiskException">It could not.</exception>
    public static T Guard<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException and not DiskException))
        {
            throw new DiskException(e);
        }
    }

    /// <summary>Runs something that writes.</summary>
    /// <exception cref="DiskException">It could not.</exception>
    public static void Guard(Action write) => Guard(() =>
    {
        write();
        return true;
    });
}
