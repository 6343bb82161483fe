using System.Management.Automation;
using System.Runtime.Loader;

namespace LapeOps.Loader;

/// <summary>Called by PowerShell when it imports the module, before any cmdlet's code is touched.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private static int _registered;

    /// <summary>Lets the engine be found; once a process, however often the module is imported.</summary>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref _registered, 1) == 0)
            AssemblyLoadContext.Default.Resolving += ModuleLoadContext.Resolve;
    }
}
