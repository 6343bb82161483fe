using System.Runtime.InteropServices;
using LapeOps.Formats;
using LapeOps.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LapeOps.Checkpoints;

/// <summary>Tensors over mapped memory, without a copy: TorchSharp offers none, so LibTorchSharp's own factory is called.</summary>
internal static unsafe class MappedTensor
{
    private static readonly Lazy<IntPtr> Factory = new(() => NativeRuntime.Export("THSTensor_new"));

    /// <summary>
    /// A tensor on the CPU whose values are the file's pages. It must be disposed before the file, and must not be written to.
    /// </summary>
    public static Tensor Of(SafetensorsFile file, SafetensorsEntry entry)
    {
        var shape = entry.Shape.ToArray();
        var type = (sbyte)ScalarTypeOf(file, entry);
        var create = (delegate* unmanaged<IntPtr, delegate* unmanaged<IntPtr, void>, long*, int, sbyte, sbyte, int, int, byte, IntPtr>)Factory.Value;
        fixed (long* sizes = shape)
            return Tensor.UnsafeCreateTensor(create(file.Address(entry), &KeepMapped, sizes, shape.Length, type, type, (int)DeviceType.CPU, -1, 0));
    }

    /// <summary>The torch type of a stored tensor.</summary>
    /// <exception cref="LapeException">DTypeUnsupported for anything but F32, F16 and BF16.</exception>
    public static ScalarType ScalarTypeOf(SafetensorsFile file, SafetensorsEntry entry) => entry.DType switch
    {
        SafetensorsDType.F32 => ScalarType.Float32,
        SafetensorsDType.F16 => ScalarType.Float16,
        SafetensorsDType.BF16 => ScalarType.BFloat16,
        _ => throw new LapeException("DTypeUnsupported", $"{file.Path}: '{entry.Name}' is {entry.DType}; weights have to be F32, F16 or BF16. Use an unquantized checkpoint."),
    };

    // The memory belongs to the file.
    [UnmanagedCallersOnly]
    private static void KeepMapped(IntPtr data)
    {
    }
}
