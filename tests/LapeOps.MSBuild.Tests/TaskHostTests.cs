using LapeOps.Corpora;
using LapeOps.Profiling;
using LapeOps.Tests.Shared;

namespace LapeOps.MSBuild.Tests;

/// <summary>MeasureLapeActivation in MSBuild's task host, from a project outside the repository.</summary>
public sealed class TaskHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lapeops-msbuild-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_task_host_writes_the_same_bytes_as_the_test_host()
    {
        var build = await TaskHost.MeasureAsync(_folder, RepositoryFiles.Demo, Path.Combine(RepositoryFiles.Texts, "*.txt"), In("task.safetensors"), 128, TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, build.Output);
        var (model, _) = OpenModels.Get(RepositoryFiles.Demo);
        var plan = ProfilePlan.Make(model, Corpus.FromPaths([RepositoryFiles.Texts]), new ProfileOptions { Context = 128 }, TestContext.Current.CancellationToken);
        ActivationProfiler.Measure(model, plan, In("test.safetensors"), stop: TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(In("test.safetensors")), File.ReadAllBytes(In("task.safetensors")));
    }

    [Fact]
    public async Task Nothing_is_copied_beside_TorchSharp()
    {
        var build = await Small(RepositoryFiles.Demo, "vi.txt");
        Assert.True(build.ExitCode == 0, build.Output);
        foreach (var folder in new[] { Path.GetDirectoryName(RepositoryFiles.Tasks)!, Path.Combine(RepositoryFiles.Module, "lib"), AppContext.BaseDirectory })
        {
            Assert.True(File.Exists(Path.Combine(folder, "TorchSharp.dll")));
            Assert.Empty(RepositoryFiles.CopiesOfLibtorch(folder));
        }
    }

    [Theory]
    [InlineData("no-model", "vi.txt", "LAPE0201", "no-model")]
    [InlineData("", "nowhere.txt", "LAPE0301", "nowhere.txt")]
    public async Task An_error_has_its_code_names_the_file_and_fails_the_build(string model, string text, string code, string named)
    {
        var build = await Small(model.Length == 0 ? RepositoryFiles.Demo : In(model), text);
        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains($"error {code}", build.Output, StringComparison.Ordinal);
        Assert.Contains(named, build.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(In("s.safetensors")));
    }

    private Task<Dotnet.Result> Small(string model, string text) =>
        TaskHost.MeasureAsync(_folder, model, Path.Combine(RepositoryFiles.Texts, text), In("s.safetensors"), 128, TestContext.Current.CancellationToken);

    private string In(string name) => Path.Combine(_folder, name);
}
