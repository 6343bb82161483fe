using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>The module in a runspace counts what MSBuild's task host counts.</summary>
public sealed class FourHostsTests(ModuleFixture module)
{
    [Fact]
    public async Task A_runspace_writes_the_same_bytes_as_a_task_host()
    {
        var folder = module.NewFolder();
        var path = Path.Combine(folder, "task.safetensors");
        var build = await TaskHost.MeasureAsync(folder, RepositoryFiles.Demo, Path.Combine(RepositoryFiles.Texts, "*.txt"), path, 128, TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Equal(File.ReadAllBytes(module.Statistics), File.ReadAllBytes(path));
    }
}
