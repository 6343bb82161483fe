using System.IO.Compression;

namespace LapeOps.Native.Install;

/// <summary>The files of a package that a runtime folder is made of; the others are never looked at.</summary>
internal static class PackageArchive
{
    private const long MostNuspecBytes = 1 << 20;

    /// <summary>The nuspec inside.</summary>
    /// <exception cref="LapeException">PackageInvalid.</exception>
    public static Nuspec NuspecOf(string path) => Open(path, zip =>
    {
        var entry = zip.Entries.FirstOrDefault(e => e.FullName.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase) && e.Name == e.FullName && e.Length <= MostNuspecBytes)
            ?? throw new InvalidDataException("It has no nuspec.");
        using var stream = entry.Open();
        return Nuspec.Read(stream, path);
    });

    /// <summary>Bytes of its libraries for a platform, as its directory has them.</summary>
    /// <exception cref="LapeException">PackageInvalid.</exception>
    public static long LibraryBytes(string path, string rid) => Open(path, zip => zip.Entries.Where(e => FileName(e.FullName, rid) is not null).Sum(e => e.Length));

    /// <summary>Writes its libraries, and pieces of libraries, flat into a folder.</summary>
    /// <param name="path">The package.</param>
    /// <param name="rid">The platform.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="wrote">Is told bytes as they are written.</param>
    /// <param name="stop">Ends it between two blocks.</param>
    /// <exception cref="LapeException">PackageInvalid.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Extract(string path, string rid, string folder, Action<long> wrote, CancellationToken stop) => Open(path, zip =>
    {
        var block = new byte[1 << 18];
        foreach (var entry in zip.Entries)
        {
            // Of two files of one name the first counts, as in a build.
            if (FileName(entry.FullName, rid) is not { } name || Path.Combine(folder, name) is var file && File.Exists(file))
                continue;
            using var source = entry.Open();
            using var target = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            int read;
            while ((read = source.Read(block)) > 0)
            {
                stop.ThrowIfCancellationRequested();
                if (target.Position + read > entry.Length)
                    throw new InvalidDataException($"{entry.FullName} is longer than its directory says.");
                target.Write(block.AsSpan(0, read));
                wrote(read);
            }
        }
        return true;
    });

    /// <summary>The name under which an entry is wanted; null for another platform's, whatever else a package has, and names that lead elsewhere.</summary>
    public static string? FileName(string entry, string rid)
    {
        var prefix = new[] { $"runtimes/{rid}/native/", $"fragments/{rid}/native/" }.FirstOrDefault(p => entry.StartsWith(p, StringComparison.Ordinal));
        var name = prefix is null ? "" : entry[prefix.Length..];
        return name.Length == 0 || name is "." or ".." || name.AsSpan().IndexOfAny("/\\:\0") >= 0 ? null : name;
    }

    private static T Open<T>(string path, Func<ZipArchive, T> read)
    {
        try
        {
            using var zip = OpenZip(path);
            return read(zip);
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException)
        {
            throw new LapeException("PackageInvalid", $"{path} is no whole NuGet package: {e.Message} Download it again.", e);
        }
    }

    private static ZipArchive OpenZip(string path)
    {
        try
        {
            return ZipFile.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
    }
}
