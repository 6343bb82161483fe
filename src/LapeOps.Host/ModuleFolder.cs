using System.Reflection;

namespace LapeOps.Host;

/// <summary>Where the LapeOps module is: in the build tree that made this host, else beside the host.</summary>
internal static class ModuleFolder
{
    private const string SearchPath = "PSModulePath";

    /// <summary>Puts the parent of the module's folder first on PSModulePath, so that the module is found by name and its cmdlets load it.</summary>
    public static void AddToSearchPath()
    {
        if (Find() is not { } folder)
            return;
        var parent = Path.GetDirectoryName(folder)!;
        var others = Environment.GetEnvironmentVariable(SearchPath);
        Environment.SetEnvironmentVariable(SearchPath, string.IsNullOrEmpty(others) ? parent : parent + Path.PathSeparator + others);
    }

    private static string? Find()
    {
        var built = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(m => m.Key == nameof(ModuleFolder))?.Value;
        string?[] candidates = [built, Path.Combine(AppContext.BaseDirectory, "module", "LapeOps")];
        return candidates.OfType<string>().Select(f => Path.TrimEndingDirectorySeparator(Path.GetFullPath(f))).FirstOrDefault(Directory.Exists);
    }
}
