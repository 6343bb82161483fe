using System.Reflection;
using System.Runtime.Loader;

namespace LapeOps.Loader;

/// <summary>
/// Holds the engine and everything it depends on, so that other modules' versions of the same libraries never meet ours. The cmdlets'
/// own assembly stays in the default context, where PowerShell puts it, and reaches the engine through here. There is one a process.
/// </summary>
internal sealed class ModuleLoadContext : AssemblyLoadContext
{
    private static readonly string LibraryFolder = Path.Combine(Path.GetDirectoryName(typeof(ModuleLoadContext).Assembly.Location)!, "lib");
    private static readonly Lazy<ModuleLoadContext> Instance = new(() => new ModuleLoadContext());

    private ModuleLoadContext()
        : base("LapeOps")
    {
    }

    /// <summary>Answers the default context for the engine's assemblies, and for nothing else.</summary>
    public static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name is "LapeOps.Core" or "LapeOps.Engine" ? Instance.Value.LoadFromAssemblyName(name) : null;

    /// <summary>Our copy where lib/ has one; what it lacks belongs to .NET or to PowerShell.</summary>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var file = Path.Combine(LibraryFolder, assemblyName.Name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }
}
