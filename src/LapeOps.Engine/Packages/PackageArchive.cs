using System.IO.Compression;

namespace LapeOps.Packages;

/// <summary>The files of a package that are wanted; the others are never looked at.</summary>
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

    /// <summary>Bytes of what is wanted, as its directory has them.</summary>
    /// <exception cref="LapeException">PackageInvalid.</exception>
    public static long WantedBytes(string path, Func<string, string?> placeOf) => Open(path, zip => zip.Entries.Where(e => placeOf(e.FullName) is not null).Sum(e => e.Length));

    /// <summary>Writes what is wanted into a folder, links as files.</summary>
    /// <param name="path">The package.</param>
    /// <param name="placeOf">As <see cref="Installation.PlaceOf"/>.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="wrote">Is told bytes as they are written.</param>
    /// <param name="stop">Ends it between two blocks.</param>
    /// <exception cref="LapeException">PackageInvalid.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Extract(string path, Func<string, string?> placeOf, string folder, Action<long> wrote, CancellationToken stop) => Open(path, zip =>
    {
        var block = new byte[1 << 18];
        foreach (var entry in zip.Entries)
        {
            // Of two files of one name the first counts, as in a build.
            if (placeOf(entry.FullName) is not { } place || Path.Combine(folder, place) is var file && File.Exists(file))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
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

    /// <summary>The path of an entry below a folder of the package; null for what is not there, and for names that lead elsewhere.</summary>
    public static string? Below(string folder, string entry)
    {
        var path = entry.StartsWith($"{folder}/", StringComparison.Ordinal) ? entry[(folder.Length + 1)..] : "";
        return path.Split('/').Any(name => name is "" or "." or ".." || name.AsSpan().IndexOfAny("\\:\0") >= 0) ? null : path;
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
