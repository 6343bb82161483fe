using System.Diagnostics;
using System.Runtime.InteropServices;
using LapeOps.MSBuild.Tests.Projects;
using LapeOps.Tests.Shared;

namespace LapeOps.MSBuild.Tests;

/// <summary>Builds that are cancelled or killed, and builds at once.</summary>
public sealed partial class InterruptionTests(PackedTasks packed) : ProjectTest(packed)
{
    [Fact]
    public async Task A_build_goes_on_where_those_that_were_cancelled_and_killed_ended()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent as Unix has them.");
        var project = Long("interrupted");
        var whole = Long("whole");
        (await whole.Make()).Required();

        var groups = 0;
        foreach (var kill in new[] { false, true })
        {
            // Ended as soon as more whole groups stand beside the statistics to come.
            var stopped = await project.Run("build", null, [], process => _ = EndWhenMore(project, process, kill, groups));
            Assert.False(stopped.Succeeded, stopped.Output);
            Assert.Empty(Directory.GetFiles(project.In("obj/lape"), "*.safetensors"));
            Assert.True(GroupsKept(project) > groups);
            groups = GroupsKept(project);
        }

        (await project.Make()).Required();
        Assert.Equal(File.ReadAllBytes(whole.Statistics), File.ReadAllBytes(project.Statistics));
        Assert.Equal(File.ReadAllBytes(whole.MaskFile()), File.ReadAllBytes(project.MaskFile()));
    }

    [Fact]
    public async Task Two_builds_of_one_project_at_once_measure_once()
    {
        var project = NewProject().With(MaskProject.Mask).Write();
        var restored = await Dotnet.RunAsync(["restore", project.Path, "-nodeReuse:false"], project.Folder, TestContext.Current.CancellationToken);
        Assert.True(restored.ExitCode == 0, restored.Output);
        var builds = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Dotnet.RunAsync(
            ["msbuild", project.Path, $"-t:{MaskProject.Targets}", "-nologo", "-nodeReuse:false", "-tl:off"], project.Folder, TestContext.Current.CancellationToken)));
        Assert.All(builds, b => Assert.True(b.ExitCode == 0, b.Output));
        Assert.Single(builds, b => b.Output.Contains("measured now: en, vi, zh", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-m")]
    [InlineData("--graph")]
    public async Task Projects_with_spaces_and_letters_in_their_paths_share_a_cache(string how)
    {
        var projects = new[] { NewProject("mäsk 中文 1"), NewProject("mäsk 中文 2") };
        foreach (var project in projects)
            project.With("masks/für 中文.json").Write();
        var solution = In("both.sln");
        File.WriteAllText(solution, Solution(projects));
        var build = await Dotnet.RunAsync(["build", solution, how, $"-p:LapeCacheDirectory={In("shared cache")}", "-nologo", "-nodeReuse:false", "-tl:off"], In("."), TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Single(build.Output.Split('\n'), l => l.Contains("measured now: en, vi, zh", StringComparison.Ordinal));
        Assert.Single(build.Output.Split('\n'), l => l.Contains("measured now: none", StringComparison.Ordinal));
        var masks = projects.Select(p => File.ReadAllBytes(p.MaskFile("masks/für 中文.json"))).ToArray();
        Assert.Equal(masks[0], masks[1]);
    }

    // Texts that take some seconds.
    private MaskProject Long(string name)
    {
        var project = NewProject(name).With(MaskProject.Mask, ("Context", "128"));
        foreach (var language in new[] { "en", "vi", "zh" })
            File.Copy(Path.Combine(RepositoryFiles.Texts, language + ".txt"), project.In($"texts/{language}.txt"), overwrite: true);
        return project;
    }

    private static int GroupsKept(MaskProject project) =>
        Directory.Exists(project.In("obj/lape")) && Directory.GetFiles(project.In("obj/lape"), "*.partial") is [var partial]
            ? Statistics.StatisticsFile.ReadCopy(partial).Activations.Sum(a => a.GroupsCounted)
            : 0;

    private static async Task EndWhenMore(MaskProject project, Process build, bool kill, int groups)
    {
        while (!build.HasExited)
        {
            await Task.Delay(50);
            if (GroupsKept(project) <= groups)
                continue;
            if (!kill)
                _ = Send(build.Id, 2); // SIGINT
            foreach (var host in kill ? TaskHosts(build.Id) : [])
                _ = Send(host, 9);
            return;
        }
    }

    // The processes below a build that have our tasks loaded.
    private static IEnumerable<int> TaskHosts(int build) =>
        Process.GetProcesses().Select(p => p.Id).Where(id => IsBelow(id, build) && Maps(id).Contains("libtorch_cpu", StringComparison.Ordinal)).ToArray();

    private static bool IsBelow(int process, int ancestor)
    {
        for (var id = process; id > 1; id = Parent(id))
            if (id == ancestor)
                return process != ancestor;
        return false;
    }

    private static int Parent(int process)
    {
        var stat = Read($"/proc/{process}/stat");
        return stat.Length == 0 ? 0 : int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Maps(int process) => Read($"/proc/{process}/maps");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Solution(IEnumerable<MaskProject> projects)
    {
        var text = "Microsoft Visual Studio Solution File, Format Version 12.00\n";
        var ids = projects.Select(p => (Project: p, Id: Guid.NewGuid().ToString("B").ToUpperInvariant())).ToArray();
        foreach (var (project, id) in ids)
            text += $"Project(\"{{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}}\") = \"{Path.GetFileName(project.Folder)}\", \"{project.Path}\", \"{id}\"\nEndProject\n";
        text += "Global\n\tGlobalSection(SolutionConfigurationPlatforms) = preSolution\n\t\tDebug|Any CPU = Debug|Any CPU\n\tEndGlobalSection\n\tGlobalSection(ProjectConfigurationPlatforms) = postSolution\n";
        foreach (var (_, id) in ids)
            text += $"\t\t{id}.Debug|Any CPU.ActiveCfg = Debug|Any CPU\n\t\t{id}.Debug|Any CPU.Build.0 = Debug|Any CPU\n";
        return text + "\tEndGlobalSection\nEndGlobal\n";
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
