using LapeOps.Corpora;
using LapeOps.Engine.Tests.BadInput;
using LapeOps.Engine.Tests.Support;
using LapeOps.Profiling;
using LapeOps.Statistics;

namespace LapeOps.Engine.Tests.Profiling;

/// <summary>Stopping, killing and resuming end with the file of an uninterrupted run, byte for byte.</summary>
public sealed class ResumeTests
{
    private static readonly TinyModel Tiny = new() { Layers = 2 };

    [Fact]
    public void A_finished_file_is_taken_over_whole_and_measured_again_when_forced()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var plan = Plan(model);
        var path = folder["a.safetensors"];
        var bytes = Measure(model, plan, path);
        Assert.Equal(["a.safetensors"], Directory.GetFiles(folder.Path).Select(f => Path.GetFileName(f)));
        var groups = 0;
        ActivationProfiler.Measure(model, plan, path, progress: new Told<ProfileProgress>(_ => groups++));
        Assert.Equal(0, groups);
        Assert.Equal(bytes, File.ReadAllBytes(path));
        ActivationProfiler.Measure(model, plan, path, earlier: EarlierStatistics.Ignore, progress: new Told<ProfileProgress>(_ => groups++));
        Assert.Equal(plan.Languages.Sum(l => l.Rows.Groups), groups);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(11)]
    public void A_run_that_was_stopped_resumes_after_its_last_whole_group(int groupsBeforeStop)
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var plan = Plan(model);
        var expected = Measure(model, plan, folder["whole.safetensors"]);
        var path = folder["stopped.safetensors"];
        using var stop = new CancellationTokenSource();
        var done = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => ActivationProfiler.Measure(model, plan, path, progress: new Told<ProfileProgress>(_ =>
        {
            if (++done == groupsBeforeStop)
                stop.Cancel();
        }), stop: stop.Token));
        Assert.False(File.Exists(path));
        Assert.True(File.Exists(ActivationProfiler.PartialPath(path)));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));

        var resumed = new List<ProfileProgress>();
        ActivationProfiler.Measure(model, plan, path, progress: new Told<ProfileProgress>(resumed.Add));
        Assert.Equal(plan.Languages.Sum(l => l.Rows.Groups) - groupsBeforeStop, resumed.Count);
        Assert.Equal(resumed[^1].TokensInAll, resumed[^1].TokensDone);
        Assert.True(resumed[^1].TokensComputed < resumed[^1].TokensInAll);
        Assert.Equal(TimeSpan.Zero, resumed[^1].Left);
        Assert.Equal(expected, File.ReadAllBytes(path));
        Assert.False(File.Exists(ActivationProfiler.PartialPath(path)));
        Assert.False(File.Exists(path + ".lock"));
    }

    [Fact]
    public void A_stop_in_the_middle_of_a_group_counts_nothing_of_it()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var plan = Plan(model);
        var path = folder["a.safetensors"];
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ActivationProfiler.Measure(model, plan, path, stop: stop.Token));
        Assert.Equal(0, StatisticsFile.Read(ActivationProfiler.PartialPath(path)).Activations.Sum(a => a.Tokens));
        Assert.Equal(Measure(model, plan, folder["b.safetensors"]), Measure(model, plan, path));
    }

    [Fact]
    public void A_partial_file_of_another_plan_is_not_taken_over()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var path = folder["a.safetensors"];
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => ActivationProfiler.Measure(model, Plan(model, rowsPerGroup: 3), path,
            progress: new Told<ProfileProgress>(_ => stop.Cancel()), stop: stop.Token));
        Assert.Equal(Measure(model, Plan(model), folder["b.safetensors"]), Measure(model, Plan(model), path));
    }

    [Fact]
    public void Two_runs_to_one_file_are_refused()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var plan = Plan(model);
        var path = folder["a.safetensors"];
        LapeException? refused = null;
        ActivationProfiler.Measure(model, plan, path, progress: new Told<ProfileProgress>(_ =>
            refused ??= Assert.Throws<LapeException>(() => ActivationProfiler.Measure(model, plan, path))));
        Assert.Equal("OutputInUse", refused!.ErrorId);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("file.txt/a.safetensors")]
    public void A_place_that_cannot_be_written_to_is_refused_before_anything_is_computed(string place)
    {
        using var folder = new TempFolder();
        folder.WriteText("file.txt", "x");
        Directory.CreateDirectory(folder["folder"]);
        using var model = Tiny.Open(folder);
        var groups = 0;
        var refused = Assert.Throws<LapeException>(() =>
            ActivationProfiler.Measure(model, Plan(model), folder[place], progress: new Told<ProfileProgress>(_ => groups++)));
        Assert.Equal(("OutputNotWritable", 0), (refused.ErrorId, groups));
    }

    [Fact]
    public async Task A_run_that_was_killed_resumes_and_ends_with_the_same_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "kill -9 is Unix's.");
        using var folder = new TempFolder();
        var model = Tiny.Write(folder["model"], tokenizer: true);
        var random = new Random(9);
        var text = string.Concat(Enumerable.Range(0, 8000).Select(_ => (char)random.Next('a', 'z')));
        folder.WriteText("corpora/aa.txt", text);
        folder.WriteText("corpora/bb.txt", text[4000..]);
        await Profile("whole.safetensors").Succeeds();

        var path = folder["killed.safetensors"];
        using (var child = Profile("killed.safetensors"))
        {
            while (!File.Exists(ActivationProfiler.PartialPath(path)))
            {
                Assert.False(child.Ended, "The child ended before it could be killed.");
                await Task.Delay(5);
            }
            child.Kill();
            Assert.Equal(128 + 9, await child.ExitCode());
        }
        Assert.False(File.Exists(path), "The child was done before it was killed.");
        var partial = StatisticsFile.Read(ActivationProfiler.PartialPath(path));
        Assert.False(partial.Complete);
        Assert.True(partial.Activations.Sum(a => a.Tokens) > 0);

        await Profile("killed.safetensors").Succeeds();
        Assert.Equal(File.ReadAllBytes(folder["whole.safetensors"]), File.ReadAllBytes(path));
        Assert.False(File.Exists(ActivationProfiler.PartialPath(path)));

        // Hundreds of groups of one row, so that there is time to kill it.
        Child Profile(string name) => Child.Run("profile", model, folder["corpora"], folder[name], "16", "1");
    }

    // Groups of two languages: seven, then five.
    private static ProfilePlan Plan(LanguageModel model, int rowsPerGroup = 2)
    {
        var plan = new RowPlan(10, [1], HoldOut: 2, RowsPerGroup: rowsPerGroup);
        TokenRows[] languages = [TokenRows.FromIds("a", "", Values.Ids(9 * 16, seed: 1), plan), TokenRows.FromIds("b", "", Values.Ids(9 * 12, seed: 2), plan)];
        return ProfilePlan.Of(model, plan, languages, new(), sums: true);
    }

    private static byte[] Measure(LanguageModel model, ProfilePlan plan, string path)
    {
        ActivationProfiler.Measure(model, plan, path);
        return File.ReadAllBytes(path);
    }
}
