using System.Runtime.InteropServices;

namespace LapeOps.Native;

/// <summary>
/// How libtorch takes memory and threads from Linux. It holds for the process, and whatever the user has set in the environment stays.
/// </summary>
internal static partial class HostTuning
{
    // mallopt(3). 32 MB is the largest threshold that glibc takes.
    private const int TrimThreshold = -1, MmapThreshold = -3;
    private const int MmapBytes = 32 << 20, KeptBytes = 512 << 20;

    /// <summary>Before libtorch is loaded, since it and libgomp read their environment once.</summary>
    public static void Apply()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Each layer makes and frees tensors of many megabytes; by default glibc gives them back at once and takes them anew, page fault by
        // page fault, or finds no freed place that fits, so that the heap grows to a multiple of what lives.
        _ = SetMallocOption(MmapThreshold, MmapBytes);
        _ = SetMallocOption(TrimThreshold, KeptBytes);
        // Tensors of 2 MB and more in huge pages (c10/core/impl/alloc_cpu.cpp).
        _ = SetEnvironment("THP_MEM_ALLOC_ENABLE", "1", overwrite: 0);
        // libgomp's threads spin for milliseconds before they sleep, so that on a machine with other work each waits for one that the
        // system has put aside: six times slower, measured.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetEnvironment("GOMP_SPINCOUNT", "1000", overwrite: 0);
    }

    // Native code does not see what Environment.SetEnvironmentVariable sets.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);
}
