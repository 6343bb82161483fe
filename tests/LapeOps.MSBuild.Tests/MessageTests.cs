using System.Text.RegularExpressions;
using System.Xml.Linq;
using LapeOps.MSBuild.Tests.Projects;
using LapeOps.Tests.Shared;

namespace LapeOps.MSBuild.Tests;

/// <summary>Errors and warnings of builds: their codes, what they name, where they are explained.</summary>
public sealed partial class MessageTests(PackedTasks packed) : ProjectTest(packed)
{
    [Fact]
    public async Task A_broken_text_stands_at_its_line_and_a_missing_model_at_the_project()
    {
        var project = NewProject().With(MaskProject.Mask);
        await File.WriteAllBytesAsync(project.In("texts/zh.txt"), [.. "one\ntwo\nthr"u8, 0xFF, .. "ee\n"u8], TestContext.Current.CancellationToken);
        var broken = await project.Make();
        Assert.False(broken.Succeeded);
        var error = Assert.Single(broken.Diagnostics);
        Assert.Equal(("LAPE0303", project.In("texts/zh.txt"), 3), (error.Code, error.File, error.LineNumber));
        Assert.Equal([], Directory.GetFiles(project.In("obj/lape"), "*.safetensors"));

        project.WithoutMasks().With(MaskProject.Mask, ("Model", "nowhere"));
        error = Assert.Single((await project.Make()).Diagnostics);
        Assert.Equal(("LAPE0201", project.Path), (error.Code, error.File));
        Assert.Contains("nowhere", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_has_its_code_and_names_the_item()
    {
        var project = NewProject().With(MaskProject.Mask);
        (await project.Make()).Required();
        foreach (var (code, name, value) in new[]
        {
            ("LAPE0002", "Model", ""), ("LAPE0010", "TopRate", "0,01x"), ("LAPE0011", "TopRate", "5"), ("LAPE0014", "Languages", "zh;xx"), ("LAPE0010", "DType", "Float7"),
            ("LAPE0010", "Context", "-3"), ("LAPE0016", "Device", "abacus"), ("LAPE0502", "Baseline", "committed/none.neuron.pth"),
        })
        {
            var build = await project.WithoutMasks().With(MaskProject.Mask, (name, value)).Make();
            Assert.False(build.Succeeded, build.Output);
            var error = Assert.Single(build.Diagnostics);
            Assert.Equal((code, project.Path), (error.Code, error.File));
        }
    }

    [Fact]
    public async Task A_mask_of_an_unknown_format_and_a_project_without_texts_are_refused()
    {
        var project = NewProject().With("masks/demo.xyz");
        Assert.Equal("LAPE0013", Assert.Single((await project.Make()).Diagnostics).Code);
        project.WithoutMasks().With("../demo.json");
        Assert.Equal("LAPE0004", Assert.Single((await project.Make()).Diagnostics).Code);
        foreach (var text in Directory.GetFiles(project.In("texts")))
            File.Delete(text);
        Assert.Equal("LAPE0003", Assert.Single((await project.Make()).Diagnostics).Code);
    }

    [Fact]
    public async Task A_mask_that_moved_fails_until_it_is_committed()
    {
        var project = NewProject().With(MaskProject.Mask, ("TopRate", "0.02"));
        (await project.Make()).Required();
        Directory.CreateDirectory(project.In("committed"));
        File.Copy(project.MaskFile(), project.In("committed/demo.neuron.pth"));
        (string, string) baseline = ("Baseline", "committed/demo.neuron.pth");
        var committed = await File.ReadAllBytesAsync(project.In("committed/demo.neuron.pth"), TestContext.Current.CancellationToken);

        project.WithoutMasks().With(MaskProject.Mask, baseline);
        foreach (var build in new[] { await project.Make(), await project.Make() })
        {
            Assert.False(build.Succeeded, build.Output);
            var error = Assert.Single(build.Diagnostics);
            Assert.Equal(("LAPE0501", project.Path), (error.Code, error.File));
            Assert.Matches(@"moved by 0\.\d+ .* (en|vi|zh) \+0 -\d+", error.Text);
        }
        Assert.Equal(committed, await File.ReadAllBytesAsync(project.In("committed/demo.neuron.pth"), TestContext.Current.CancellationToken));
        (await project.WithoutMasks().With(MaskProject.Mask, baseline, ("MaxDrift", "0.9")).Make()).Required();
        File.Copy(project.MaskFile(), project.In("committed/demo.neuron.pth"), overwrite: true);
        (await project.WithoutMasks().With(MaskProject.Mask, baseline).Make()).Required();
    }

    [Fact]
    public async Task Without_a_runtime_the_line_to_add_is_printed_and_scoring_goes_on()
    {
        var project = new MaskProject(Packed, In("bare")) { WithLibtorch = false }.With(MaskProject.Mask);
        var nowhere = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = In("no-cache"), ["LOCALAPPDATA"] = In("no-cache"), ["LAPE_LIBTORCH"] = "" };
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "The cache of macOS follows no variable.");
        var build = await project.Make(nowhere);
        var error = Assert.Single(build.Diagnostics);
        Assert.Equal("LAPE0101", error.Code);
        Assert.Contains($"<PackageReference Include=\"libtorch-cpu-{Native.RuntimeFolder.Rid}\" Version=\"2.10.0\"", error.Text, StringComparison.Ordinal);
        Assert.Contains("Condition=\"$([MSBuild]::IsOSPlatform('", error.Text, StringComparison.Ordinal);

        // Measured elsewhere: what is left is scoring.
        (await project.Make()).Required();
        project.WithoutMasks().With(MaskProject.Mask, ("TopRate", "0.03"));
        Assert.Equal(["GenerateLapeMask"], (await project.Make(nowhere)).Required().Tasks);
    }

    [Fact]
    public async Task Older_engines_are_refused_and_design_time_and_skipped_builds_do_nothing()
    {
        var project = NewProject().With(MaskProject.Mask);
        Assert.Equal("LAPE0001", Assert.Single((await project.Make("-p:LapeMSBuildVersion=17.14.8")).Diagnostics).Code);
        Assert.Empty((await project.Build("-p:DesignTimeBuild=true")).Required().Tasks);
        Assert.Empty((await project.Build("-p:LapeSkip=true")).Required().Tasks);
        Assert.False(Directory.Exists(project.In("obj/lape")));
    }

    [Fact]
    public async Task Tasks_serve_targets_of_ones_own()
    {
        var project = NewProject().WithElement(new XElement("Target", new XAttribute("Name", "Own"), new XAttribute("AfterTargets", "Build"),
            XElement.Parse($"""<MeasureLapeActivation Model="{RepositoryFiles.Demo}" Corpus="texts/en.txt" OutPath="own/en.safetensors" Context="64" AssetsFile="$(ProjectAssetsFile)" />"""),
            XElement.Parse($"""<MeasureLapeActivation Model="{RepositoryFiles.Demo}" Corpus="texts/zh.txt" OutPath="own/zh.safetensors" Context="64"><Output TaskParameter="Statistics" ItemName="Part" /></MeasureLapeActivation>"""),
            XElement.Parse("""<MergeLapeActivation Parts="own/en.safetensors;@(Part)" OutPath="own/all.safetensors"><Output TaskParameter="Statistics" ItemName="All" /></MergeLapeActivation>"""),
            XElement.Parse("""<GenerateLapeMask Statistics="@(All)" OutPath="own/all.json"><Output TaskParameter="Mask" ItemName="Made" /></GenerateLapeMask>"""),
            XElement.Parse("""<CheckLapeMask Mask="@(Made)" Baseline="own/all.json"><Output TaskParameter="Drift" PropertyName="Drift" /></CheckLapeMask>"""),
            XElement.Parse("""<Message Importance="high" Text="told: %(Part.Measured) %(All.Languages) %(Made.Languages) %(Made.Changed) $(Drift)" />""")));
        var build = (await project.Build()).Required();
        Assert.Equal(["MeasureLapeActivation", "MeasureLapeActivation", "MergeLapeActivation", "GenerateLapeMask", "CheckLapeMask"], build.Tasks);
        foreach (var told in new[] { "zh", "en;zh", "true", "0" })
            Assert.Contains(build.Output.Split('\n'), l => l.Contains("told: ", StringComparison.Ordinal) && l.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_error_of_a_build_has_a_code_and_every_code_its_place_on_the_page()
    {
        var source = Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText).ToArray();
        var page = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "messages.md"));
        var table = source.Single(s => s.Contains("class MessageCode", StringComparison.Ordinal));
        var codes = Code().Matches(table).Select(m => (Id: m.Groups[1].Value, Code: m.Groups[2].Value)).ToArray();
        Assert.All(codes, c => Assert.Contains($"## {c.Code}\n", page, StringComparison.Ordinal));
        Assert.All(codes, c => Assert.Contains(c.Id, page, StringComparison.Ordinal));

        // What only cmdlets that generate, chat, edit and install can say.
        string[] elsewhere =
        [
            "BakeRefused", "BlocksMissing", "BlocksTooFew", "ChatTemplateInvalid", "ChatTemplateMissing", "ConversationInvalid", "CountsFileInvalid",
            "CountsMismatch", "DirectionUndefined", "DiskFull", "DownloadFailed", "HeldOutNone", "HeldOutTooFew", "InputUnexpected",
            "LanguageMissing", "LanguageModelsMissing", "LanguageUndetectable", "LanguagesTooFew", "LayerOutOfRange", "MaskShapeUnknown",
            "MaskWithoutEffect", "MatrixInvalid", "ModelClosed", "ModelMismatch", "ModelMissing", "ModelSeveral", "NeuronInvalid", "NeuronMissing",
            "NeuronOutOfRange", "OutputExists", "PackageHashMismatch", "PackageInvalid", "PackageNotFound", "PathNotFileSystem", "PromptEmpty",
            "PromptMissing", "QuestionMissing", "QuestionsTooFew", "RandomNeuronsDoNotFit", "ReportEmpty", "ReportInputSeveral", "ResultInvalid",
            "ResultMismatch", "SelectionUnknown", "SourceInsecure", "SourceInvalid", "StatisticsMissing", "StatisticsSeveral", "SumsMissing",
        ];
        var thrown = source.SelectMany(s => Thrown().Matches(s)).Select(m => m.Groups[1].Value).Distinct();
        Assert.Empty(thrown.Except(codes.Select(c => c.Id)).Except(elsewhere));
    }

    [GeneratedRegex("""\["(\w+)"\] = "(LAPE\d{4})""")]
    private static partial Regex Code();

    // Ids are of two words and more and stand before a message, which tells them from other first arguments, such as a column's name before its kind.
    [GeneratedRegex("""(?:new(?: LapeException)?\(|throw [A-Z]\w+\()\s*"([A-Z][a-z0-9]+[A-Z]\w+)",(?!\s*[A-Z]\w+,)""")]
    private static partial Regex Thrown();
}
