using System.Runtime.InteropServices;

namespace LapeOps.Native;

/// <summary>
/// How libtorch takes memory and waits on Linux. Each layer makes and frees tensors of many megabytes; by default glibc gives
/// them back at once and takes them anew, page fault by page fault, or finds no freed place that fits, so that the heap grows to a
/// multiple of what lives. Its threads spin for milliseconds after each piece of work, on cores that our own threads want.
/// </summary>
internal static partial class LinuxSettings
{
    // mallopt(3). 32 MB is the largest threshold that glibc takes.
    private const int TrimThreshold = -1, MmapThreshold = -3;
    private const int MmapBytes = 32 << 20, KeptBytes = 512 << 20;

    /// <summary>
    /// Before libtorch is loaded, which reads the variables once (c10/core/impl/alloc_cpu.cpp; libgomp's manual, "Environment Variables").
    /// A value that the user has set stays.
    /// </summary>
    public static void Apply()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Tensors of 2 MB and more in huge pages.
        _ = SetEnvironment("THP_MEM_ALLOC_ENABLE", "1", overwrite: 0);
        _ = SetEnvironment("GOMP_SPINCOUNT", "1000", overwrite: 0);
        _ = SetMallocOption(MmapThreshold, MmapBytes);
        _ = SetMallocOption(TrimThreshold, KeptBytes);
    }

    // Native code does not see what Environment.SetEnvironmentVariable sets.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);
}
