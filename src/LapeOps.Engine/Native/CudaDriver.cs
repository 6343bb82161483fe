using System.Runtime.InteropServices;
using System.Text;

namespace LapeOps.Native;

/// <summary>What TorchSharp has no call for, asked of CUDA's driver library.</summary>
internal static partial class CudaDriver
{
    private const string Library = "cuda-driver";

    static CudaDriver() => NativeLibrary.SetDllImportResolver(typeof(CudaDriver).Assembly,
        (name, _, _) => name == Library ? NativeLibrary.Load(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1") : IntPtr.Zero);

    /// <summary>What a device calls itself.</summary>
    /// <exception cref="LapeException">DeviceUnavailable where the driver refuses to say.</exception>
    public static string Name(int index)
    {
        Check(DeviceGet(out var device, index), "cuDeviceGet");
        var name = new byte[256];
        Check(DeviceGetName(name, name.Length, device), "cuDeviceGetName");
        return Encoding.ASCII.GetString(name).TrimEnd('\0');
    }

    /// <summary>Bytes of a device's memory.</summary>
    /// <exception cref="LapeException">DeviceUnavailable where the driver refuses to say.</exception>
    public static (long Free, long Total) Memory(int index)
    {
        Check(DeviceGet(out var device, index), "cuDeviceGet");
        // torch works in the primary context, which stays retained as long as it does.
        Check(PrimaryContextRetain(out var context, device), "cuDevicePrimaryCtxRetain");
        try
        {
            Check(ContextSetCurrent(context), "cuCtxSetCurrent");
            Check(MemoryGetInfo(out var free, out var total), "cuMemGetInfo_v2");
            return ((long)free, (long)total);
        }
        finally
        {
            PrimaryContextRelease(device);
        }
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
            throw new LapeException("DeviceUnavailable", $"The CUDA driver answered {call} with error {result}. Check the device with nvidia-smi.");
    }

    [LibraryImport(Library, EntryPoint = "cuDeviceGet")]
    private static partial int DeviceGet(out int device, int ordinal);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetName")]
    private static partial int DeviceGetName([Out] byte[] name, int length, int device);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRetain")]
    private static partial int PrimaryContextRetain(out IntPtr context, int device);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    private static partial int PrimaryContextRelease(int device);

    [LibraryImport(Library, EntryPoint = "cuCtxSetCurrent")]
    private static partial int ContextSetCurrent(IntPtr context);

    [LibraryImport(Library, EntryPoint = "cuMemGetInfo_v2")]
    private static partial int MemoryGetInfo(out nuint free, out nuint total);
}
