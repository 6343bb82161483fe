using System.Globalization;
using LapeOps.MSBuild.Tests.Projects;
using LapeOps.Tests.Shared;

[assembly: AssemblyFixture(typeof(PackedTasks))]

namespace LapeOps.MSBuild.Tests.Projects;

/// <summary>
/// LapeOps.MSBuild packed once into a folder feed, under a version that no other run has. Projects restore into the usual package cache, so
/// that libtorch is there once; this version is taken out of it at the end.
/// </summary>
public sealed class PackedTasks : IAsyncLifetime
{
    /// <summary>The folder feed.</summary>
    public string Feed { get; } = Directory.CreateTempSubdirectory("lapeops-feed-").FullName;

    /// <summary>The version.</summary>
    public string Version { get; } = $"0.0.1-test.{DateTime.UtcNow.Ticks.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The package.</summary>
    public string Package => Path.Combine(Feed, $"LapeOps.MSBuild.{Version}.nupkg");

    public async ValueTask InitializeAsync()
    {
        var run = await Dotnet.RunAsync(["pack", Path.Combine(RepositoryFiles.Root, "src", "LapeOps.MSBuild"), "--no-build", "-c", RepositoryFiles.Configuration,
            "-o", Feed, $"-p:PackageVersion={Version}", "-nologo", "-nodeReuse:false"], RepositoryFiles.Root, TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Output);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Feed, recursive: true);
        var cached = Path.Combine(RepositoryFiles.NuGetPackages, "lapeops.msbuild", Version);
        if (Directory.Exists(cached))
            Directory.Delete(cached, recursive: true);
        return ValueTask.CompletedTask;
    }
}
