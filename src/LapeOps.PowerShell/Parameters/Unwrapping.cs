using System.Management.Automation;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Objects without the wrapping that PowerShell may put around them.</summary>
internal static class Unwrapping
{
    /// <summary>What a PSObject holds; any other object as it is.</summary>
    public static object? Unwrapped(this object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
