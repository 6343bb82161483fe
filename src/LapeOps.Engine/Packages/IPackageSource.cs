namespace LapeOps.Packages;

/// <summary>Where packages come from.</summary>
internal interface IPackageSource
{
    /// <summary>A package's nuspec.</summary>
    /// <exception cref="LapeException">PackageNotFound, and whatever the source fails with.</exception>
    Task<Nuspec> NuspecOf(PackageName package, CancellationToken stop);

    /// <summary>What a package takes, and the hash to hold it against.</summary>
    /// <param name="package">The package.</param>
    /// <param name="placeOf">As <see cref="Installation.PlaceOf"/>.</param>
    /// <param name="pin">What is known of it beforehand.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="LapeException">PackageNotFound, and whatever the source fails with.</exception>
    Task<PlannedPackage> Plan(PackageName package, Func<string, string?> placeOf, PackagePin? pin, CancellationToken stop);
}

/// <summary>A package of a plan.</summary>
/// <param name="Name">The package.</param>
/// <param name="Url">Where it is downloaded from; null for a local file.</param>
/// <param name="Path">The local file; null where it is downloaded.</param>
/// <param name="Bytes">Bytes of its file; null where the server does not tell.</param>
/// <param name="WantedBytes">Bytes of the files in it that are wanted; null where they are known only after the download.</param>
/// <param name="Sha512">SHA-512 of its file in base64; null where nobody knows it.</param>
public sealed record PlannedPackage(PackageName Name, Uri? Url, string? Path, long? Bytes, long? WantedBytes, string? Sha512);
