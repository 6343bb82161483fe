namespace LapeOps.Packages;

/// <summary>Packages that are files here: named themselves, or in a folder, flat or laid out as NuGet's own folders are.</summary>
internal sealed class LocalPackages(IReadOnlyList<string> paths) : IPackageSource
{
    public async Task<Nuspec> NuspecOf(PackageName package, CancellationToken stop) => await Task.FromResult(PackageArchive.NuspecOf(Find(package)));

    public Task<PlannedPackage> Plan(PackageName package, Func<string, string?> placeOf, PackagePin? pin, CancellationToken stop)
    {
        var path = Find(package);
        // What a file that is none of the pinned package says of itself is not believed, but it has to be a package.
        var bytes = PackageArchive.WantedBytes(path, placeOf);
        return Task.FromResult(new PlannedPackage(package, null, path, new FileInfo(path).Length, pin?.WantedBytes ?? bytes, pin?.Sha512));
    }

    private string Find(PackageName package)
    {
        var file = package.FileName;
        var found = paths.SelectMany(path => Directory.Exists(path) ? InFolder(path, package) : [path])
            .FirstOrDefault(path => Path.GetFileName(path).Equals(file, StringComparison.OrdinalIgnoreCase) && File.Exists(path));
        return found ?? throw new LapeException("PackageNotFound", $"{file} is not at {string.Join(", ", paths)}. Download {package} from a feed, or give the folder that has it.");
    }

    private static IEnumerable<string> InFolder(string folder, PackageName package)
    {
        var nested = Path.Combine(folder, package.Id.ToLowerInvariant(), package.Version.ToLowerInvariant());
        return new[] { folder, nested }.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*.nupkg"));
    }
}
