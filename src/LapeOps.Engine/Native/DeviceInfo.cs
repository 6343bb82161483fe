using System.Runtime.InteropServices;
using TorchSharp;

namespace LapeOps.Native;

/// <summary>A device that could compute.</summary>
/// <param name="Name">cpu or cuda:N, as -Device takes it.</param>
/// <param name="Description">What the hardware calls itself.</param>
/// <param name="TotalBytes">Its memory.</param>
/// <param name="FreeBytes">Bytes of it that could still be taken.</param>
/// <param name="Auto">Whether Auto chooses it.</param>
public sealed record DeviceInfo(string Name, string Description, long TotalBytes, long FreeBytes, bool Auto)
{
    /// <summary>Every device, the one that Auto chooses first.</summary>
    /// <exception cref="LapeException">Those of <see cref="NativeRuntime.EnsureLoaded"/>; DeviceUnavailable where the driver refuses to say.</exception>
    public static IReadOnlyList<DeviceInfo> All()
    {
        var cuda = Devices.CudaCount();
        return
        [
            .. Enumerable.Range(0, cuda).Select(index =>
            {
                var (free, total) = CudaDriver.Memory(index);
                return new DeviceInfo($"cuda:{index}", CudaDriver.Name(index), total, free, Auto: index == 0);
            }),
            new DeviceInfo("cpu", Processor(), Memory.TotalOnHost(), Memory.AvailableOnHost(), Auto: cuda == 0),
        ];
    }

    /// <summary>The processor's name, and how many threads of it libtorch uses.</summary>
    public static string Processor()
    {
        NativeRuntime.EnsureLoaded();
        var name = File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 1)..].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
        return $"{name}, {torch.get_num_threads()} threads";
    }
}
