using LapeOps.MSBuild.Tests.Projects;
using LapeOps.Tests.Shared;

namespace LapeOps.MSBuild.Tests;

/// <summary>What a build does again, and what it leaves alone.</summary>
public sealed class IncrementalTests(PackedTasks packed) : ProjectTest(packed)
{
    private const string Measure = "MeasureLapeActivation", Generate = "GenerateLapeMask", Check = "CheckLapeMask";

    [Fact]
    public async Task Each_change_does_what_it_needs_and_no_more()
    {
        var project = NewProject().With(MaskProject.Mask).With("masks/zh.json", ("Languages", "zh"));
        var first = (await project.Build()).Required();
        Assert.Equal([Measure, Generate, Generate], first.Tasks);
        Assert.Equal("en, vi, zh", first.Measured);

        // Nothing changed.
        Assert.Empty((await project.Build()).Required().Tasks);

        // Times alone changed: contents are compared once, and nothing is written.
        var (statistics, mask) = (File.GetLastWriteTimeUtc(project.Statistics), File.GetLastWriteTimeUtc(project.MaskFile()));
        File.SetLastWriteTimeUtc(project.In("texts/zh.txt"), DateTime.UtcNow);
        var touched = (await project.Make()).Required();
        Assert.Equal([Measure], touched.Tasks);
        Assert.Equal("", touched.Measured);
        Assert.Equal((statistics, mask), (File.GetLastWriteTimeUtc(project.Statistics), File.GetLastWriteTimeUtc(project.MaskFile())));
        Assert.Empty((await project.Make()).Required().Tasks);

        // A rate of one mask.
        project.WithoutMasks().With(MaskProject.Mask, ("TopRate", "0.02")).With("masks/zh.json", ("Languages", "zh"));
        var before = File.ReadAllBytes(project.MaskFile());
        Assert.Equal([Generate], (await project.Make()).Required().Tasks);
        Assert.NotEqual(before, File.ReadAllBytes(project.MaskFile()));

        // One text.
        project.WriteText("vi", 14_000);
        var changed = (await project.Make()).Required();
        Assert.Equal([Measure, Generate, Generate], changed.Tasks);
        Assert.Equal("vi", changed.Measured);

        // A new language, and one that went.
        project.WriteText("fr", 12_000);
        Assert.Equal("fr", (await project.Make()).Required().Measured);
        File.Delete(project.In("texts/en.txt"));
        var gone = (await project.Make()).Required();
        Assert.Equal("none", gone.Measured);
        Assert.Equal(["fr", "vi", "zh"], Statistics.StatisticsFile.ReadCopy(project.Statistics).Languages);

        // A mask that somebody deleted.
        File.Delete(project.MaskFile());
        Assert.Equal([Generate], (await project.Make()).Required().Tasks);
        Assert.True(File.Exists(project.MaskFile()));
    }

    [Fact]
    public async Task A_fresh_clone_with_a_cached_obj_measures_nothing()
    {
        var project = NewProject("first").With(MaskProject.Mask);
        (await project.Make()).Required();
        var clone = NewProject("clone").With(MaskProject.Mask);
        FolderCopy.Make(project.In("obj/lape"), clone.In("obj/lape"));
        var build = (await clone.Make()).Required();
        Assert.Equal([Measure, Generate], build.Tasks);
        Assert.Equal("", build.Measured);
        Assert.Equal(File.ReadAllBytes(project.MaskFile()), File.ReadAllBytes(clone.MaskFile()));
    }

    [Fact]
    public async Task Clean_takes_masks_and_statistics_and_leaves_baseline_and_cache()
    {
        var project = NewProject().With(MaskProject.Mask);
        (await project.Build()).Required();
        Directory.CreateDirectory(project.In("committed"));
        File.Copy(project.MaskFile(), project.In("committed/demo.neuron.pth"));
        project.WithoutMasks().With(MaskProject.Mask, ("Baseline", "committed/demo.neuron.pth"), ("CopyToOutputDirectory", "PreserveNewest"));
        var cache = $"-p:LapeCacheDirectory={In("cache")}";
        var build = (await project.Build(cache)).Required();
        Assert.Contains(Check, build.Tasks);
        Assert.Equal(File.ReadAllBytes(project.MaskFile()), File.ReadAllBytes(project.In($"bin/Debug/net10.0/{MaskProject.Mask}")));

        (await project.Run("clean", cache)).Required();
        Assert.False(File.Exists(project.MaskFile()));
        Assert.False(Directory.Exists(project.In("obj/lape")));
        Assert.True(File.Exists(project.In("committed/demo.neuron.pth")));

        (await project.Build(cache)).Required();
        (await project.Run("clean", cache)).Required();
        Assert.Equal(3, Directory.GetFiles(In("cache"), "*.safetensors", SearchOption.AllDirectories).Length);
        Assert.Equal("none", (await project.Build(cache)).Required().Measured);
    }

    [Fact]
    public async Task Other_contents_of_a_model_measure_all()
    {
        var project = NewProject().With(MaskProject.Mask, ("Model", "model/"));
        ModelCopy.Of(RepositoryFiles.Demo, project.In("model"));
        (await project.Make()).Required();
        ModelCopy.Overwrite(project.In("model"), "model.norm.weight", 0, 0x80, 0x3F);
        Assert.Equal("en, vi, zh", (await project.Make()).Required().Measured);
    }
}
