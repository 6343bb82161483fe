namespace LapeOps.Tests.Shared;

/// <summary>Files of the repository that tests look at.</summary>
internal static class RepositoryFiles
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder that Import-Module takes.</summary>
    public static string Module { get; } = Path.Combine(Root, "module", "LapeOps");

    /// <summary>The demo model.</summary>
    public static string Demo { get; } = Path.Combine(Root, "examples", "demo");

    /// <summary>The demo model's texts, a file for each of seven languages.</summary>
    public static string Texts { get; } = Path.Combine(Demo, "texts");

    /// <summary>The assembly of the tasks, from the same build as the running tests.</summary>
    public static string Tasks { get; } = Path.Combine(Root, "src", "LapeOps.MSBuild", "bin", Configuration, "net10.0", "LapeOps.MSBuild.dll");

    /// <summary>NuGet's folder of packages.</summary>
    public static string NuGetPackages { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>
    /// Folders beside TorchSharp.dll into which it copies libtorch when it does not find it where it was told to; there must be none.
    /// </summary>
    public static IEnumerable<string> CopiesOfLibtorch(string outputFolder) =>
        Directory.GetDirectories(outputFolder, "cpu").Concat(Directory.GetDirectories(outputFolder, "cuda-*"));

    /// <summary>Debug or Release, as the running tests were built.</summary>
    public static string Configuration => Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} is the repository's root.");
    }
}
