namespace LapeOps.Native;

/// <summary>Pages of a mapped file.</summary>
internal static unsafe class MappedPages
{
    /// <summary>Reads a byte of each page, so that the file is in memory and no computation waits for it, fault by fault.</summary>
    public static void Touch(IntPtr address, long length)
    {
        var start = (byte*)address;
        for (long offset = 0; offset < length; offset += Environment.SystemPageSize)
            _ = Volatile.Read(ref start[offset]);
    }
}
