namespace LapeOps.Native.Install;

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
/// <param name="LibraryBytes">Bytes of the libraries in it.</param>
public sealed record PackagePin(string Sha512, long Bytes, long LibraryBytes);

/// <summary>The package that a runtime folder begins with; those of libtorch that it depends on belong to it.</summary>
/// <param name="Root">The package.</param>
/// <param name="Pin">What is known of it; null where only its feed knows.</param>
public sealed record RuntimePackages(PackageName Root, PackagePin? Pin)
{
    // From the signed packages of nuget.org.
    private static readonly Dictionary<string, PackagePin> Pins = new(StringComparer.Ordinal)
    {
        ["linux-x64"] = new("XjuaFwqqvwstyeUWyz/xtfhODesmagoPKO7T0VRmiW+r0pJwsXB/vHydA7it9xge36PSXW1qLyRRzvM3J8i9UA==", 128_200_806, 498_006_380),
        ["win-x64"] = new("qvrEe8b8U1SPnsqShWgJ9gE/UfzFiq+QRPJdAegxwtEBgL/jZPQPvKAhqYkpEe5kb6AXCi840KDqvDaHQuAqEA==", 79_854_046, 267_909_856),
        ["osx-arm64"] = new("njbW4NbjnO3UYsZymJA5EA8kvFQZveW2rVS07QinYOxxgs6hyZFTI82zBDt0ix1yRRCZ+v+fm+pHXG37WKjyhA==", 56_910_439, 245_113_008),
    };

    /// <summary>What is served for a platform and a flavour: the packages that the build restores.</summary>
    /// <exception cref="LapeException">PlatformUnsupported.</exception>
    public static RuntimePackages For(string rid, RuntimeFlavour flavour)
    {
        LoadPlan.RequirePlatform(rid);
        if (flavour == RuntimeFlavour.Cpu)
            return new(new($"libtorch-cpu-{rid}", RuntimeFolder.LibtorchVersion), Pins[rid]);
        return rid.StartsWith("osx", StringComparison.Ordinal)
            ? throw new LapeException("PlatformUnsupported", $"libtorch with CUDA is served for linux-x64 and win-x64, and this is {rid}. Take -Flavor Cpu.")
            : new(new($"libtorch-cuda-12.8-{rid}", RuntimeFolder.LibtorchVersion), null);
    }
}
