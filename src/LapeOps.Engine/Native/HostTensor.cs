using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace LapeOps.Native;

/// <summary>Tensors in the memory of this process, for loops of our own.</summary>
internal static unsafe class HostTensor
{
    /// <summary>Whether its numbers are float32, in this process and one after another.</summary>
    public static bool IsHostFloat(this Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous();

    /// <summary>Where the numbers of a contiguous tensor with at least one row stand; the tensor has to be kept from disposal meanwhile.</summary>
    public static T* Address<T>(this Tensor tensor) where T : unmanaged
    {
        if (tensor.numel() * sizeof(T) <= int.MaxValue)
            return Address(tensor.bytes);
        // By its first part, since a span has no room for all of a large matrix.
        using var first = tensor.narrow(0, 0, 1);
        return Address(first.bytes);

        static T* Address(Span<byte> bytes) => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
    }

    /// <summary>Does each row, several at a time, so that one thread has enough to do.</summary>
    public static void ForEachRow(long rows, int width, Action<long> body)
    {
        const int numbersAtOnce = 1 << 15;
        var atOnce = Math.Max(1, numbersAtOnce / width);
        HostThreads.ForEach((int)((rows + atOnce - 1) / atOnce), part =>
        {
            for (var row = (long)part * atOnce; row < Math.Min(rows, ((long)part + 1) * atOnce); row++)
                body(row);
        });
    }
}
