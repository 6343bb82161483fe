namespace LapeOps.Checkpoints;

/// <summary>The files below a model's folder, as a copy without links needs them.</summary>
internal static class CheckpointFiles
{
    /// <summary>Every file: its path in the folder, and the file itself behind whatever links lead to it.</summary>
    /// <exception cref="LapeException">BakeRefused where a link leads back to a folder that holds it; FileNotReadable where one leads nowhere.</exception>
    public static IReadOnlyList<(string Name, string File)> Below(string folder) => [.. Below(folder, "", [Real(folder)])];

    /// <summary>A path without links, of the folders on the way to it as well.</summary>
    public static string Real(string path)
    {
        path = Path.GetFullPath(path);
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        var here = Path.Combine(Real(parent), Path.GetFileName(path));
        FileSystemInfo info = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Real(target.FullName) : here;
    }

    /// <summary>Whether a path is a folder or below it; both without links.</summary>
    public static bool IsWithin(string path, string folder) =>
        Path.GetRelativePath(folder, path) is var relative && relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathRooted(relative);

    private static IEnumerable<(string Name, string File)> Below(string folder, string name, string[] above)
    {
        foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            var real = Real(file);
            if (!File.Exists(real))
                throw new LapeException("FileNotReadable", $"{file} is a link to {real}, which is not there. Download the model again, or remove the link.");
            yield return (Path.Combine(name, Path.GetFileName(file)), real);
        }
        foreach (var inner in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            var real = Real(inner);
            if (above.Any(holder => IsWithin(holder, real)))
                throw new LapeException("BakeRefused", $"{inner} leads back to {real}, which holds it, so a copy would never end. Remove that link.");
            foreach (var file in Below(inner, Path.Combine(name, Path.GetFileName(inner)), [.. above, real]))
                yield return file;
        }
    }
}
