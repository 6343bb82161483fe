namespace LapeOps.Native.Install;

/// <summary>Packages that are files here: named themselves, or in a folder, flat or laid out as NuGet's own folders are.</summary>
internal sealed class LocalPackages(IReadOnlyList<string> paths) : IPackageSource
{
    public async Task<Nuspec> NuspecOf(PackageName package, CancellationToken stop) => await Task.FromResult(PackageArchive.NuspecOf(Find(package)));

    public Task<PlannedPackage> Plan(PackageName package, string rid, PackagePin? pin, CancellationToken stop)
    {
        var path = Find(package);
        return Task.FromResult(new PlannedPackage(package, null, path, new FileInfo(path).Length, PackageArchive.LibraryBytes(path, rid), pin?.Sha512));
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
