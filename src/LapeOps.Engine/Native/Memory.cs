using System.Globalization;
using TorchSharp;

namespace LapeOps.Native;

/// <summary>Memory that a plan may use.</summary>
public static class Memory
{
    /// <summary>Bytes that could still be taken on a device; as many as one likes on meta, which has none.</summary>
    public static long Available(torch.Device device) => device.type switch
    {
        DeviceType.CPU => AvailableOnHost(),
        DeviceType.CUDA => CudaDriver.Memory(device.index).Free,
        _ => long.MaxValue,
    };

    /// <summary>Bytes that this process could still take on the host: free memory and caches, within a container's limit.</summary>
    public static long AvailableOnHost()
    {
        if (!OperatingSystem.IsLinux())
        {
            var memory = GC.GetGCMemoryInfo();
            return Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes);
        }
        var available = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var bytes = long.Parse(available.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        return Limit("/sys/fs/cgroup/memory.max") is { } limit && Limit("/sys/fs/cgroup/memory.current") is { } used
            ? Math.Min(bytes, Math.Max(0, limit - used))
            : bytes;
    }

    /// <summary>Bytes of the host's memory, within a container's limit.</summary>
    public static long TotalOnHost() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Refuses what does not fit.</summary>
    /// <param name="what">What needs the memory, as the beginning of a sentence.</param>
    /// <param name="needed">Bytes needed.</param>
    /// <param name="available">Bytes there.</param>
    /// <param name="advice">What to do.</param>
    /// <exception cref="LapeException">MemoryInsufficient, with both numbers.</exception>
    public static void Require(string what, long needed, long available, string advice)
    {
        if (needed > available)
            throw new LapeException("MemoryInsufficient", $"{what} needs {Megabytes(needed)} MB and {Megabytes(available)} MB are available. {advice}");
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N0", CultureInfo.InvariantCulture);

    private static long? Limit(string file) =>
        File.Exists(file) && long.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
}
