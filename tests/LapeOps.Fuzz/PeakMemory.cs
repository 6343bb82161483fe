using System.Diagnostics;

namespace LapeOps.Fuzz;

/// <summary>The greatest resident set that this process has had (VmHWM on Linux).</summary>
internal static class PeakMemory
{
    public static long Megabytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 >> 20;
        }
    }
}
