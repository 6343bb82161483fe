using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>about_ topics stand beside the cmdlets' help, have the usual form, and their examples run.</summary>
public sealed class AboutTopicTests
{
    private static readonly string[] Sections = ["TOPIC", "SHORT DESCRIPTION", "LONG DESCRIPTION", "EXAMPLES", "SEE ALSO"];

    public static TheoryData<string> Topics() =>
        [.. Directory.GetFiles(Path.Combine(HostProcess.ModuleFolder, "en-US"), "about_*.help.txt").Select(path => Path.GetFileName(path)[..^".help.txt".Length])];

    [Theory]
    [MemberData(nameof(Topics))]
    public void A_topic_is_found_and_has_the_usual_form(string topic)
    {
        var lines = File.ReadAllLines(PathOf(topic));
        Assert.Equal(Sections, lines.Where(line => line.Length > 0 && line[0] != ' '));
        Assert.Equal("    " + topic, lines[1]);
        Assert.All(lines, line => Assert.True(line.Length <= 80 && line == line.TrimEnd() && !line.Contains('\t', StringComparison.Ordinal), line));
        var help = HostProcess.RunText($"Get-Help {topic}");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.Equal(lines.Where(line => line.Length > 0), help.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_examples_of_the_ideas_run_as_they_are_written()
    {
        using var folder = new ScriptFolder();
        // Code is what is indented twice. It runs in the repository's folder and writes below examples/out, which the test puts elsewhere.
        var code = string.Join('\n', File.ReadAllLines(PathOf("about_LapeOps")).SkipWhile(line => line != "EXAMPLES").Where(line => line.StartsWith("        ", StringComparison.Ordinal)))
            .Replace("./examples/out", folder.FullName, StringComparison.Ordinal)
            .Replace("./examples", Path.Combine(RepositoryFiles.Root, "examples"), StringComparison.Ordinal);
        var script = folder.Write("examples.ps1", code);
        var run = HostProcess.Run([script]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(["about.safetensors", "about.json"], file => Assert.True(File.Exists(Path.Combine(folder.FullName, file)), file));
        Assert.Contains("random 5 (zh)", run.Output, StringComparison.Ordinal);
    }

    private static string PathOf(string topic) => Path.Combine(HostProcess.ModuleFolder, "en-US", topic + ".help.txt");
}
