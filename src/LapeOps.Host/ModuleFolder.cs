using System.Reflection;

namespace LapeOps.Host;

/// <summary>Where the LapeOps module is: beside a published host, else in the build tree that made it.</summary>
internal static class ModuleFolder
{
    private const string SearchPath = "PSModulePath";

    /// <summary>Puts the parent of the module's folder on PSModulePath: the module is found by its name, and its cmdlets load it.</summary>
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
        var metadata = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>();
        var built = metadata.Single(m => m.Key == nameof(ModuleFolder)).Value!;
        string[] candidates = [Path.Combine(AppContext.BaseDirectory, "module", "LapeOps"), Path.TrimEndingDirectorySeparator(built)];
        return candidates.FirstOrDefault(Directory.Exists);
    }
}
