namespace LapeOps.Tests.Shared;

/// <summary>Copies of folders.</summary>
internal static class FolderCopy
{
    /// <summary>Copies a folder with all below it; times are new.</summary>
    public static void Make(string source, string target)
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
    }
}
