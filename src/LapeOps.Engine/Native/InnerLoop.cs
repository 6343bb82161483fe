using System.Runtime.CompilerServices;

namespace LapeOps.Native;

/// <summary>How loops over numbers are compiled.</summary>
internal static class InnerLoop
{
    /// <summary>
    /// At once as fast as can be, and apart from what calls them: in a caller that has grown large by them, .NET leaves calls in their midst.
    /// </summary>
    public const MethodImplOptions Compiled = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
