using LapeOps.Packages;

namespace LapeOps.Native.Install;

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
