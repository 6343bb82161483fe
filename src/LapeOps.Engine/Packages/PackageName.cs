namespace LapeOps.Packages;

/// <summary>A NuGet package of one version.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
public sealed record PackageName(string Id, string Version)
{
    /// <summary>How feeds and folders call its file.</summary>
    public string FileName => $"{Id}.{Version}.nupkg".ToLowerInvariant();

    /// <summary>Id and version.</summary>
    public override string ToString() => $"{Id} {Version}";
}

/// <summary>What is known of a package beforehand.</summary>
/// <param name="Sha512">SHA-512 of its file in base64, as NuGet writes it.</param>
/// <param name="Bytes">Bytes of its file.</param>
/// <param name="WantedBytes">Bytes of the files in it that are wanted.</param>
public sealed record PackagePin(string Sha512, long Bytes, long WantedBytes);
