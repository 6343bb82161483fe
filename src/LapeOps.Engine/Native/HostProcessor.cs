using System.Runtime.Intrinsics.X86;

namespace LapeOps.Native;

/// <summary>What the processor is, where libraries differ in how well they know it.</summary>
internal static class HostProcessor
{
    /// <summary>Whether AMD made it.</summary>
    public static bool IsAmd { get; } = X86Base.IsSupported
        && X86Base.CpuId(0, 0) is var (_, b, c, d) && (b, d, c) == (0x68747541, 0x69746e65, 0x444d4163); // AuthenticAMD
}
