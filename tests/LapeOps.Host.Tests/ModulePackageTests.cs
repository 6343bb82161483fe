using System.IO.Compression;
using System.Xml.Linq;
using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>The module as a package that a PowerShell repository takes, and as a folder that has libtorch inside.</summary>
public sealed class ModulePackageTests(ScriptFolder folder) : IClassFixture<ScriptFolder>
{
    private readonly ScriptFolder _folder = folder;

    [Fact]
    public async Task Packed_and_unpacked_it_is_the_module_of_every_platform_without_libtorch()
    {
        await Sdk("pack", "module", "-o", In("packages"));
        var package = Assert.Single(Directory.GetFiles(In("packages")));
        Assert.Matches(@"^LapeOps\.[0-9]+\.[0-9]+\.[0-9]+-beta1\.nupkg$", Path.GetFileName(package));
        ZipFile.ExtractToDirectory(package, In("LapeOps"));

        var nuspec = XDocument.Load(In("LapeOps/LapeOps.nuspec")).Descendants().Where(e => !e.HasElements).ToDictionary(e => e.Name.LocalName, e => e.Value);
        Assert.Equal("LapeOps", nuspec["id"]);
        Assert.Equal("Apache-2.0", nuspec["license"]);
        Assert.NotEmpty(nuspec["description"]);
        Assert.Superset(new HashSet<string> { "PSModule", "PSEdition_Core", "PSIncludes_Cmdlet", "PSCmdlet_Get-LapeNeurons", "PSCmdlet_Install-LapeRuntime", "PSCommand_Set-LapeMask" }, nuspec["tags"].Split(' ').ToHashSet());

        // Everything that the build put into the module's folder, at the root.
        Assert.Equal(Files(In("module")), Files(In("LapeOps")).Where(f => f is not ("LapeOps.nuspec" or "[Content_Types].xml") && !f.StartsWith("_rels/", StringComparison.Ordinal) && !f.StartsWith("package/", StringComparison.Ordinal)));
        Assert.Superset(new HashSet<string>
        {
            "LapeOps.psd1", "LapeOps.format.ps1xml", "LapeOps.PowerShell.dll", "LapeOps.Loader.dll", "en-US/LapeOps.PowerShell.dll-Help.xml", "LICENSE", "NOTICE",
            "lib/LapeOps.Engine.dll", "lib/TorchSharp.dll", "lib/runtimes/linux-x64/native/libLibTorchSharp.so", "lib/runtimes/win-x64/native/LibTorchSharp.dll", "lib/runtimes/osx-arm64/native/libLibTorchSharp.dylib",
        }, Files(In("LapeOps")).ToHashSet());
        Assert.DoesNotContain(Files(In("LapeOps")), f => f.Contains("torch_cpu", StringComparison.Ordinal));

        var run = Import("LapeOps", "$m = Get-Module LapeOps; \"$($m.Version) $($m.PrivateData.PSData.Prerelease)\"; (Get-LapeModel $Demo).Supported; try { Measure-LapeActivation $Demo $Demo/texts } catch { $_.Exception.Message }");
        var version = Path.GetFileNameWithoutExtension(package)["LapeOps.".Length..];
        Assert.StartsWith($"{version.Replace('-', ' ')}\nTrue\n", run.Output, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains("Run Install-LapeRuntime", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_libtorch_inside_computes_with_that()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "XDG_CACHE_HOME names the cache on Linux alone.");
        await Sdk("build", "bundled", "-p:BundleLibtorch=true");
        var run = Import("bundled", "(Get-LapeDevice | Where-Object Device -eq 'cpu').RuntimePath; (Invoke-LapeGenerate $Demo 'The menu' -MaxTokens 1).Text.Length -gt 0");
        var runtime = Assert.Single(Directory.GetDirectories(In("bundled/lib/runtime")));
        Assert.Equal((0, "", $"{runtime}\nTrue\n"), (run.ExitCode, run.Error, run.Output));
        Assert.All(Directory.GetFiles(runtime), f => Assert.Null(File.ResolveLinkTarget(f, returnFinalTarget: false)));
    }

    // The repository's own outputs belong to the build that made this test, which has also analysed the sources; its tests share others.
    private async Task Sdk(string verb, string module, params string[] more)
    {
        var run = await Dotnet.RunAsync(
            [verb, Path.Combine(RepositoryFiles.Root, "src", "LapeOps.PowerShell"), .. more, "--artifacts-path", In("artifacts"), $"-p:ModuleFolder={In(module)}/",
                "-c", "Release", "-p:VersionSuffix=beta1", "-p:RunAnalyzers=false",
                "-nologo", "-v:q", "-tl:off", "-nodeReuse:false", "-p:UseSharedCompilation=false"], _folder.FullName, TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Output);
    }

    private HostResult Import(string module, string script) => HostProcess.Run(
        [_folder.Write("script.ps1", $"param($Demo) Import-Module '{In(module)}/LapeOps.psd1'; {script}"), "-Demo", RepositoryFiles.Demo],
        new Dictionary<string, string> { ["XDG_CACHE_HOME"] = In("cache") });

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private string In(string name) => Path.Combine(_folder.FullName, name);
}
