using System.Diagnostics;
using TorchSharp;

namespace LapeOps.Native;

/// <summary>Devices by name.</summary>
public static class Devices
{
    /// <summary>The best device that is there.</summary>
    public const string Auto = "Auto";

    /// <summary>
    /// Auto is the first CUDA device where a CUDA runtime is present, else the CPU. meta has shapes and no values: a whole run on it
    /// proves that nothing is read back.
    /// </summary>
    /// <exception cref="LapeException">DeviceUnknown or DeviceUnavailable.</exception>
    public static torch.Device Resolve(string name)
    {
        var cuda = CudaCount();
        var wanted = name.ToLowerInvariant();
        if (wanted == "auto")
            return cuda > 0 ? Cuda(0) : torch.CPU;
        if (wanted is "cpu" or "meta")
            return wanted == "cpu" ? torch.CPU : torch.META;
        if (wanted != "cuda" && !wanted.StartsWith("cuda:", StringComparison.Ordinal))
            throw new LapeException("DeviceUnknown", $"'{name}' is not a device. Use Auto, cpu, cuda or cuda:N.");
        var index = 0;
        if (wanted != "cuda" && !int.TryParse(wanted["cuda:".Length..], out index))
            throw new LapeException("DeviceUnknown", $"'{name}' is not a device. Use Auto, cpu, cuda or cuda:N.");
        return index < cuda && index >= 0
            ? Cuda(index)
            : throw new LapeException("DeviceUnavailable",
                $"'{name}' is not available: {cuda} CUDA devices were found with the libtorch at {NativeRuntime.TorchFolder}. Use cpu, or set LAPE_LIBTORCH to a libtorch with CUDA.");
    }

    /// <summary>CUDA devices that can be used.</summary>
    internal static int CudaCount()
    {
        NativeRuntime.EnsureLoaded();
        return NativeRuntime.Flavour == RuntimeFlavour.Cuda && torch.TryInitializeDeviceType(DeviceType.CUDA) ? torch.cuda.device_count() : 0;
    }

    // float32 on request is float32: TF32 keeps ten bits of it.
    private static torch.Device Cuda(int index)
    {
        torch.backends.cuda.matmul.allow_tf32 = false;
        torch.backends.cudnn.allow_tf32 = false;
        return torch.device(DeviceType.CUDA, index);
    }

    /// <summary>Seconds that something takes on a device, the median of several times after one that warms up.</summary>
    /// <param name="device">The device that is waited for.</param>
    /// <param name="least">How long it is done again and again.</param>
    /// <param name="once">What is measured.</param>
    internal static double Seconds(torch.Device device, TimeSpan least, Action once)
    {
        once();
        Synchronize(device);
        var (clock, times) = (Stopwatch.StartNew(), new List<double>());
        while (clock.Elapsed < least || times.Count < 3)
        {
            var begin = clock.Elapsed;
            once();
            Synchronize(device);
            times.Add((clock.Elapsed - begin).TotalSeconds);
        }
        // The median, since another process may get in between.
        return times.Order().ElementAt(times.Count / 2);
    }

    /// <summary>Waits for the device; nothing to wait for on a CPU.</summary>
    public static void Synchronize(torch.Device device)
    {
        if (device.type == DeviceType.CUDA)
            torch.cuda.synchronize(device);
    }
}
