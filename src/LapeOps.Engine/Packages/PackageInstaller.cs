using System.Security.Cryptography;
using LapeOps.Formats;

namespace LapeOps.Packages;

/// <summary>
/// Makes a folder on a machine without an SDK: packages from a feed or from files, checked against their hashes, unpacked into a folder
/// beside the target that takes its place when it is whole.
/// </summary>
/// <param name="installation">What.</param>
/// <param name="options">From where.</param>
/// <param name="tell">Gets what is worth to know and no error.</param>
/// <param name="progress">Gets how far it is.</param>
public sealed class PackageInstaller(Installation installation, InstallOptions options, Action<string>? tell = null, IProgress<InstallProgress>? progress = null)
{
    private const int MostPackages = 100;

    private readonly string _target = installation.Target;

    /// <summary>The folder, where it is complete.</summary>
    public InstalledFolder? Found() => installation.IsComplete ? Describe() : null;

    /// <summary>Asks the source what there is to do; writes nothing.</summary>
    /// <exception cref="LapeException">PackageNotFound, PackageInvalid, SourceInvalid, SourceInsecure or DownloadFailed; what the installation needs and lacks.</exception>
    public async Task<InstallPlan> Plan(CancellationToken stop)
    {
        using var client = new FeedClient();
        var source = await Source(client, stop);
        var names = new List<PackageName> { installation.Root };
        // A package that is pinned is known to depend on none.
        for (var i = 0; i < names.Count && installation.Pin is null; i++)
        {
            var nuspec = await source.NuspecOf(names[i], stop);
            if (!nuspec.Name.Id.Equals(names[i].Id, StringComparison.OrdinalIgnoreCase))
                throw new LapeException("PackageInvalid", $"What the source has as {names[i]} is {nuspec.Name}. Take another source.");
            names.AddRange(nuspec.Dependencies.Where(d => installation.Takes(d) && !names.Contains(d)));
            if (names.Count > MostPackages)
                throw new LapeException("PackageInvalid", $"{installation.Root} depends on more than {MostPackages} packages. Take another source.");
        }
        var planned = new List<PlannedPackage>();
        foreach (var name in names)
            planned.Add(await source.Plan(name, installation.PlaceOf, name == installation.Root ? installation.Pin : null, stop));
        return new(_target, planned, planned.Where(p => p.Url is not null).Sum(p => Part(p).Length), installation.OtherBytes);
    }

    /// <summary>Does it. Another one at the same folder is waited for.</summary>
    /// <exception cref="LapeException">PackageHashMismatch; DiskFull; those of <see cref="Plan"/>; OutputNotWritable.</exception>
    public async Task<InstalledFolder> Install(InstallPlan plan, CancellationToken stop)
    {
        using var alone = await OutputLock.Wait($"{_target}.lock", () => tell?.Invoke($"Another installation of {_target} is running; this one waits for it."), stop);
        if (!options.Force && Found() is { } found)
            return found;
        var staging = $"{_target}.install";
        try
        {
            RequireSpace(plan);
            Clear(staging);
            await Download(plan, stop);
            Unpack(plan, staging, stop);
            await installation.Complete(staging, stop);
            // Windows renames no folder whose libraries are loaded; elsewhere those who use the old one keep it until they end.
            AtomicFolder.Put(staging, _target, stays: () => false);
            foreach (var package in plan.Packages.Where(p => p.Url is not null))
                Part(package).Delete();
            return Describe();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(plan, e as DiskException ?? new DiskException(e));
        }
        finally
        {
            Clear(staging);
        }
    }

    private async Task<IPackageSource> Source(FeedClient client, CancellationToken stop)
    {
        var addresses = options.Source.Where(InstallOptions.IsAddress).ToArray();
        if (addresses.Length == 0)
            return new LocalPackages(options.Source);
        if (options.Source.Count > 1 || !Uri.TryCreate(addresses[0], UriKind.Absolute, out var index))
            throw new LapeException("SourceInvalid", $"{string.Join(", ", options.Source)} is no source. Give one address of a feed's index.json, or paths of packages and folders.");
        return await PackageFeed.Open(client, index, stop);
    }

    private async Task Download(InstallPlan plan, CancellationToken stop)
    {
        using var client = new FeedClient();
        var remote = plan.Packages.Where(p => p.Url is not null).ToArray();
        var meter = new ProgressMeter(progress, $"Downloading {installation.Noun}", plan.BytesToDownload + plan.BytesHere, plan.BytesHere);
        var before = 0L;
        foreach (var package in remote)
        {
            var part = Part(package);
            var kept = part.Length > 0;
            if (!kept || part.Length != package.Bytes)
                await Get(package, part);
            // What an earlier run has left may be of another file.
            if (kept && await Mismatch(package, part.Path, stop) is not null)
            {
                part.Delete();
                await Get(package, part);
            }
            if (await Mismatch(package, part.Path, stop) is { } mismatch)
            {
                part.Delete();
                throw new LapeException("PackageHashMismatch", $"{mismatch} What came from {package.Url} was removed. Run the command again, or take another source.");
            }
            before += part.Length;
        }
        foreach (var package in plan.Packages.Where(p => p.Path is not null))
            if (await Mismatch(package, package.Path!, stop) is { } mismatch)
                throw new LapeException("PackageHashMismatch", $"{mismatch} Download {package.Path} again.");

        Task Get(PlannedPackage package, PartFile part) => client.Download(package.Url!, part, has =>
        {
            if (has > package.Bytes)
                throw new LapeException("DownloadFailed", $"{package.Url} sends more than the {package.Bytes:N0} bytes that it has. Run the command again, or take another source.");
            meter.Report(package.Name.ToString(), before + has);
        }, stop);
    }

    // What is wrong with a package's hash; null where nothing is, or nobody knows it.
    private async Task<string?> Mismatch(PlannedPackage package, string path, CancellationToken stop)
    {
        if (package.Sha512 is not { } expected)
        {
            tell?.Invoke($"{package.Name}: there is no hash to hold it against. {(package.Url is null ? "A file here has none." : "Its feed tells none.")}");
            return null;
        }
        await using var stream = File.OpenRead(path);
        var found = Convert.ToBase64String(await SHA512.HashDataAsync(stream, stop));
        return found == expected ? null : $"{package.Name} has the SHA-512 {found}, and {expected} was expected: it is not the package that was published.";
    }

    private void Unpack(InstallPlan plan, string staging, CancellationToken stop)
    {
        var meter = new ProgressMeter(progress, $"Unpacking {installation.Noun}", plan.BytesToWrite - plan.OtherBytes, 0);
        var done = 0L;
        Directory.CreateDirectory(staging);
        foreach (var package in plan.Packages)
            PackageArchive.Extract(package.Path ?? Part(package).Path, installation.PlaceOf, staging, bytes => meter.Report(package.Name.ToString(), done += bytes), stop);
    }

    private void RequireSpace(InstallPlan plan)
    {
        if (DiskSpace.Free(_target) is { } free && plan.BytesNeeded > free)
            throw Full(plan, free, null);
    }

    private LapeException Refused(InstallPlan plan, DiskException e) => e.IsFull ? Full(plan, DiskSpace.Free(_target) ?? 0, e)
        : new LapeException("OutputNotWritable", $"{_target} cannot be made: {e.Message} Close what uses it, or allow to write there.", e);

    private LapeException Full(InstallPlan plan, long free, Exception? inner) => new("DiskFull",
        $"{_target} needs {plan.BytesNeeded:N0} bytes while it is made, and {free:N0} are free there. Free some, and run the command again; what was downloaded is kept.", inner);

    private PartFile Part(PlannedPackage package) => new(Path.Combine(Path.GetDirectoryName(_target)!, $"{package.Name.FileName}.part"));

    private InstalledFolder Describe() =>
        new(_target, installation.Root.Version, Directory.GetFiles(_target, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length));

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
