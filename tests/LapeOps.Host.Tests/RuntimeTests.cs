using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>The module on a machine that never built anything: without a runtime, with a libtorch of its own, and with the real one installed.</summary>
public sealed class RuntimeTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    public RuntimeTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "XDG_CACHE_HOME names the cache on Linux alone.");
    }

    private Dictionary<string, string> Environment => new() { ["XDG_CACHE_HOME"] = Path.Combine(_folder.FullName, "cache") };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Get-LapeDevice")]
    [InlineData("Open-LapeModel $Demo -ErrorAction Stop")]
    [InlineData("Measure-LapeActivation $Demo $Demo/texts -Context 128")]
    [InlineData("Invoke-LapeGenerate $Demo a")]
    public void Without_a_runtime_it_describes_models_and_names_the_command_for_the_rest(string line)
    {
        var run = Run($"param($Demo) (Get-LapeModel $Demo).Supported; try {{ {line} }} catch {{ $_.FullyQualifiedErrorId.Split(',')[0]; $_.Exception.Message }}", Environment);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("True\nRuntimeMissing\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Install-LapeRuntime", run.Output, StringComparison.Ordinal);
        Assert.Contains("LAPE_LIBTORCH", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_libtorch_of_ones_own_needs_no_runtime_folder()
    {
        var libtorch = Directory.CreateDirectory(Path.Combine(_folder.FullName, "libtorch")).FullName;
        var runtime = HostProcess.RunText("(Get-LapeDevice | Where-Object Device -eq 'cpu').RuntimePath").Output.Trim();
        foreach (var library in Directory.GetFiles(runtime).Where(f => !f.EndsWith("LibTorchSharp.so", StringComparison.Ordinal)))
            File.CreateSymbolicLink(Path.Combine(libtorch, Path.GetFileName(library)), library);
        var run = Run("param($Demo) (Invoke-LapeGenerate $Demo 'The menu' -MaxTokens 1).Text.Length -gt 0; (Get-LapeDevice | Where-Object Device -eq 'cpu').RuntimePath",
            new(Environment) { ["LAPE_LIBTORCH"] = libtorch });
        Assert.Equal((0, "", $"True\n{libtorch}\n"), (run.ExitCode, run.Error, run.Output));
        var made = Assert.Single(Directory.GetDirectories(Path.Combine(_folder.FullName, "cache", "lapeops", "runtime")));
        Assert.Equal(["libLibTorchSharp.so"], Directory.GetFiles(made).Select(Path.GetFileName));
    }

    [Fact]
    public void The_real_package_installs_from_a_file_and_computes()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(RepositoryFiles.NuGetPackages, "libtorch-cpu-linux-x64", "2.10.0")), "The package of libtorch is not in NuGet's cache here.");
        var run = Run($"param($Demo) $r = Install-LapeRuntime '{RepositoryFiles.NuGetPackages}'; $r.Path; (Get-LapeDevice | Where-Object Device -eq 'cpu').RuntimePath; (Invoke-LapeGenerate $Demo 'The menu' -MaxTokens 4).Text.Length -gt 0", Environment);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var made = Path.Combine(_folder.FullName, "cache", "lapeops", "runtime", "libtorch-2.10.0-torchsharp-0.107.0-linux-x64-cpu");
        Assert.Equal($"{made}\n{made}\nTrue\n", run.Output);
    }

    private HostResult Run(string script, Dictionary<string, string> environment) =>
        HostProcess.Run([_folder.Write("script.ps1", script), "-Demo", RepositoryFiles.Demo], environment);
}
