using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LapeOps.Native;

/// <summary>What processors read and write at once. A vector that lies across two of them takes two turns, when stored more.</summary>
internal static unsafe class CacheLine
{
    /// <summary>Bytes of one.</summary>
    public const int Bytes = 64;

    /// <summary>Numbers of one.</summary>
    public const int Numbers = Bytes / sizeof(float);

    /// <summary>The first whole line of memory on the stack, where the language aligns nothing: it has to be a line longer than what is used of it.</summary>
    public static float* FirstOf(Span<float> stack) =>
        (float*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stack)) + Bytes - 1) & -Bytes);
}
