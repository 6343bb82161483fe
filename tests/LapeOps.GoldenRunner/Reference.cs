namespace LapeOps.GoldenRunner;

/// <summary>Where the golden data lies: LAPE_REFERENCE, else ../shared/reference beside the repository.</summary>
public static class Reference
{
    /// <summary>The repository's root, found from the running program upwards; null where a published program runs elsewhere.</summary>
    public static string? RepositoryRoot { get; } = FindUpwards("LapeOps.sln");

    /// <summary>The root that holds models/, tokenizers/, scoring/; null where there is none.</summary>
    public static string? Root { get; } = Existing(Named ?? (RepositoryRoot is null ? null : Path.Combine(RepositoryRoot, "..", "shared", "reference")));

    /// <summary>A folder of shared/ beside the repository, such as models/demo; null where it is absent.</summary>
    public static string? Shared(string path) =>
        Existing(Root is null ? null : Path.Combine(Root, "..", path));

    /// <summary>Whether an absent reference is a failure (CI=true, or LAPE_REFERENCE names it) or a visible skip.</summary>
    public static bool Required => Named is not null || string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The entries of a kind (models, tokenizers, scoring) that match, as paths sorted by name.
    /// A root that exists and holds none is an error: golden tests that find nothing look like golden tests that pass.
    /// </summary>
    public static IReadOnlyList<string> Find(string kind, string pattern, SearchOption depth = SearchOption.AllDirectories)
    {
        if (Root is null)
            return [];
        var folder = Path.Combine(Root, kind);
        var found = Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, depth).Order(StringComparer.Ordinal).ToArray() : [];
        return found.Length > 0 ? found : throw new InvalidOperationException($"{folder} holds no {pattern}: the reference is there but has no case of this kind.");
    }

    private static string? Named => Environment.GetEnvironmentVariable("LAPE_REFERENCE") is { Length: > 0 } path ? path : null;

    private static string? Existing(string? path) => path is not null && Directory.Exists(path) ? Path.GetFullPath(path) : null;

    private static string? FindUpwards(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, file)))
                return folder.FullName;
        return null;
    }
}
