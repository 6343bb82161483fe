using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>
/// The host published for other platforms. Outputs and packages that are not here yet go into a temporary folder: no second copy of
/// libtorch stays.
/// </summary>
public sealed class CrossPublishTests(ScriptFolder folder) : IClassFixture<ScriptFolder>
{
    private readonly ScriptFolder _folder = folder;

    [Fact]
    public async Task For_Windows_and_macOS_it_takes_module_and_libtorch_along()
    {
        foreach (var (rid, binding) in new[] { ("win-x64", "LibTorchSharp.dll"), ("osx-arm64", "libLibTorchSharp.dylib") })
        {
            var published = await PublishedFiles(rid);
            Assert.Equal(LibtorchFiles(rid).Append(binding).Order(StringComparer.Ordinal), RuntimeFiles(published, rid));
            Assert.Superset(new HashSet<string>
            {
                "LapeOps.Host.dll", "LapeOps.Host.deps.json", "LapeOps.Host.runtimeconfig.json", "System.Management.Automation.dll",
                "module/LapeOps/LapeOps.psd1", "module/LapeOps/LapeOps.format.ps1xml", "module/LapeOps/en-US/LapeOps.PowerShell.dll-Help.xml",
                "module/LapeOps/en-US/about_LapeOps.help.txt",
                "module/LapeOps/LapeOps.PowerShell.dll", "module/LapeOps/LapeOps.Loader.dll",
                "module/LapeOps/lib/LapeOps.Core.dll", "module/LapeOps/lib/LapeOps.Engine.dll", "module/LapeOps/lib/TorchSharp.dll",
            }, published.ToHashSet());
            Assert.Equal(File.ReadAllText(Path.Combine(RepositoryFiles.Module, "LapeOps.psd1")), File.ReadAllText(In(rid, "module/LapeOps/LapeOps.psd1")));

            // TorchSharp copies libtorch into these when it finds it nowhere; and each platform's libraries are its own.
            Assert.DoesNotContain(published, file => file.Split('/').Any(part => part == "cpu" || part.StartsWith("cuda-", StringComparison.Ordinal)));
            Assert.DoesNotContain(published, file => Path.GetExtension(file) is ".so" or ".sha" || (rid == "win-x64" && Path.GetExtension(file) == ".dylib"));
            Assert.Single(published, file => file.Contains("torch_cpu", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_was_published_computes_with_what_it_took_along()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test publishes for Linux and runs that.");
        await PublishedFiles("linux-x64");
        var script = _folder.Write("device.ps1", "(Get-LapeDevice | Where-Object Device -eq 'cpu').RuntimePath; (Get-Module LapeOps).ModuleBase");
        var run = HostProcess.Run([script], new Dictionary<string, string> { ["XDG_CACHE_HOME"] = _folder.FullName }, In("linux-x64", "LapeOps.Host.dll"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([Directory.GetDirectories(In("linux-x64", "runtime")).Single(), In("linux-x64", "module/LapeOps")], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Another_platform_is_refused_by_name()
    {
        var refused = await Publish("linux-arm64");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("error PlatformUnsupported: libtorch is served for linux-x64, win-x64 and osx-arm64", refused.Output, StringComparison.Ordinal);
        Assert.Contains("linux-arm64", refused.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("linux-arm64", "")));
    }

    private async Task<string[]> PublishedFiles(string rid)
    {
        var published = await Publish(rid);
        Assert.SkipWhen(published.Output.Contains("NU1301", StringComparison.Ordinal), $"The packages of {rid} are not here, and no feed can be reached.");
        Assert.True(published.ExitCode == 0, published.Output);
        return [.. Directory.GetFiles(In(rid, ""), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(In(rid, ""), file).Replace('\\', '/'))];
    }

    private Task<Dotnet.Result> Publish(string rid) => Dotnet.RunAsync(
    [
        "publish", Path.Combine(RepositoryFiles.Root, "src", "LapeOps.Host"), "-r", rid, "-o", In(rid, ""), "-nologo", "-v:q", "-tl:off", "-nodeReuse:false",
        // The repository's own outputs belong to the build that made this test.
        "--artifacts-path", In("artifacts", ""), $"-p:ModuleFolder={In("module", "")}/", "-p:UseSharedCompilation=false",
        // That build has analysed the sources, too.
        "-p:RunAnalyzers=false",
        $"-p:RestorePackagesPath={In("packages", "")}", $"-p:RestoreFallbackFolders={RepositoryFiles.NuGetPackages}",
        // The executable that starts LapeOps.Host.dll is a package of its own, which some feeds lack.
        "-p:UseAppHost=false",
    ], _folder.FullName, TestContext.Current.CancellationToken);

    private static IEnumerable<string> RuntimeFiles(string[] published, string rid) => published
        .Where(file => file.StartsWith("runtime/libtorch-2.10.0-torchsharp-0.107.0-" + rid + "-cpu/", StringComparison.Ordinal)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    // The package's list, as the loader's plan is tested with it.
    private static IEnumerable<string> LibtorchFiles(string rid) =>
        File.ReadLines(Path.Combine(RepositoryFiles.Root, "tests", "LapeOps.Engine.Tests", "Native", $"libtorch-cpu-{rid}.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(':')[0]);

    private string In(string folder, string name) => Path.Combine(_folder.FullName, folder, name);
}
