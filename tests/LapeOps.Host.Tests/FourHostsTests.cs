using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>The module in LapeOps.Host counts what MSBuild's task host counts, and so what a test's own process and a runspace do.</summary>
public sealed class FourHostsTests
{
    [Fact]
    public async Task The_host_writes_the_same_bytes_as_a_task_host()
    {
        using var folder = new ScriptFolder();
        var byTask = Path.Combine(folder.FullName, "task.safetensors");
        var byHost = Path.Combine(folder.FullName, "host.safetensors");
        var build = await TaskHost.MeasureAsync(folder.FullName, RepositoryFiles.Demo, Path.Combine(RepositoryFiles.Texts, "*.txt"), byTask, 128, TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, build.Output);
        var script = folder.Write("measure.ps1", """
            param($Model, $Corpus, $OutPath)
            Measure-LapeActivation -Model $Model -Corpus $Corpus -Context 128 -OutPath $OutPath
            """);
        var run = HostProcess.Run([script, "-Model", RepositoryFiles.Demo, "-Corpus", RepositoryFiles.Texts, "-OutPath", byHost]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(File.ReadAllBytes(byTask), File.ReadAllBytes(byHost));
    }

    [Fact]
    public void The_quickstart_does_the_main_job()
    {
        using var folder = new ScriptFolder();
        var run = HostProcess.Run([Path.Combine(RepositoryFiles.Root, "examples", "quickstart.ps1"), "-OutPath", folder.FullName, "-Language", "ja"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("ja off", run.Output, StringComparison.Ordinal);
        Assert.All(["demo.safetensors", "demo.neuron.pth", "demo.csv"], file => Assert.True(File.Exists(Path.Combine(folder.FullName, file))));
        Assert.Equal("", run.Error);
    }
}
