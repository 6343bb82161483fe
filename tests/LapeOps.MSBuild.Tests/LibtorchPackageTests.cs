using System.Text.Json;
using LapeOps.Tests.Shared;

namespace LapeOps.MSBuild.Tests;

/// <summary>Which libtorch a restore takes, by evaluation alone: the packages with CUDA are too large for a test.</summary>
public sealed class LibtorchPackageTests
{
    [Theory]
    [InlineData("linux-x64", false, "libtorch-cpu-linux-x64")]
    [InlineData("win-x64", false, "libtorch-cpu-win-x64")]
    [InlineData("osx-arm64", false, "libtorch-cpu-osx-arm64")]
    [InlineData("linux-x64", true, "TorchSharp-cuda-linux")]
    [InlineData("win-x64", true, "TorchSharp-cuda-windows")]
    public async Task A_platform_and_a_flavour_restore_one_package(string rid, bool cuda, string package)
    {
        var run = await Evaluate(rid, cuda, "-getItem:PackageReference,PackageVersion");
        Assert.True(run.ExitCode == 0, run.Output);
        var items = JsonDocument.Parse(run.Output).RootElement.GetProperty("Items");
        var reference = Assert.Single(items.GetProperty("PackageReference").EnumerateArray(),
            item => Identity(item).Contains("torch", StringComparison.OrdinalIgnoreCase) && Identity(item) != "TorchSharp");
        Assert.Equal(package, Identity(reference));
        // Without their build steps the parts of CUDA's libraries would stay parts.
        Assert.DoesNotContain("build", reference.GetProperty("ExcludeAssets").GetString(), StringComparison.Ordinal);
        var version = items.GetProperty("PackageVersion").EnumerateArray().Single(item => Identity(item) == package).GetProperty("Version").GetString();
        Assert.Equal(cuda ? "0.107.0" : "2.10.0", version);
    }

    [Theory]
    [InlineData("linux-arm64", false)]
    [InlineData("win-arm64", false)]
    [InlineData("osx-x64", false)]
    [InlineData("osx-arm64", true)]
    public async Task Another_platform_is_refused_by_name_when_packages_are_restored(string rid, bool cuda)
    {
        var run = await Evaluate(rid, cuda, "-t:Restore");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("error PlatformUnsupported", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{(cuda ? "cuda" : "cpu")} for {rid}", run.Output, StringComparison.Ordinal);
    }

    private static string Identity(JsonElement item) => item.GetProperty("Identity").GetString()!;

    private static Task<Dotnet.Result> Evaluate(string rid, bool cuda, string what) => Dotnet.RunAsync(
        ["msbuild", Path.Combine(RepositoryFiles.Root, "build", "LapeOps.Build"), $"-p:LibtorchRid={rid}", $"-p:LapeCuda={cuda}", what, "-nologo", "-nodeReuse:false", "-tl:off"],
        RepositoryFiles.Root, TestContext.Current.CancellationToken);
}
