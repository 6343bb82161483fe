using System.IO.Compression;
using System.Xml.Linq;
using LapeOps.MSBuild.Tests.Projects;
using LapeOps.Tests.Shared;

namespace LapeOps.MSBuild.Tests;

/// <summary>The package, and what projects that use it make.</summary>
public sealed class PackageTests(PackedTasks packed) : ProjectTest(packed)
{
    [Fact]
    public void It_brings_tasks_and_targets_and_no_library_dependency_or_libtorch()
    {
        using var package = ZipFile.OpenRead(Packed.Package);
        var files = package.Entries.Select(e => e.FullName).ToHashSet();
        Assert.Superset(new HashSet<string>
        {
            "build/LapeOps.MSBuild.props", "build/LapeOps.MSBuild.targets", "buildTransitive/LapeOps.MSBuild.props", "buildTransitive/LapeOps.MSBuild.targets",
            "buildMultiTargeting/LapeOps.MSBuild.props", "buildMultiTargeting/LapeOps.MSBuild.targets", "tasks/net10.0/LapeOps.MSBuild.dll",
            "tasks/net10.0/LapeOps.MSBuild.deps.json", "docs/messages.md", "README.md",
        }, files);
        Assert.DoesNotContain(files, f => f.StartsWith("lib/", StringComparison.Ordinal) || f.Contains("torch_cpu", StringComparison.Ordinal) || f.Contains("Microsoft.Build", StringComparison.Ordinal));
        var metadata = XDocument.Load(package.GetEntry("LapeOps.MSBuild.nuspec")!.Open()).Root!.Elements().Single();
        Assert.Equal("true", metadata.Elements().Single(e => e.Name.LocalName == "developmentDependency").Value);
        Assert.DoesNotContain(metadata.Descendants(), e => e.Name.LocalName == "dependency");
        Assert.InRange(package.Entries.Sum(e => e.CompressedLength), 1, 12_000_000);
    }

    [Fact]
    public async Task Masks_are_those_of_the_cmdlets_byte_for_byte()
    {
        var project = NewProject().With(MaskProject.Mask).With("a/all.json").With("a/all.safetensors").With("a/all.csv").With("a/zh.json", ("Languages", "zh"), ("TopRate", "0.02"), ("FilterRate", "0.9"), ("OwnerRate", "0.9"));
        (await project.Make()).Required();
        File.WriteAllText(project.In("cmdlets.ps1"), """
            param($Model)
            $neurons = Measure-LapeActivation $Model $PSScriptRoot/texts -Context 64 -Sums None | Get-LapeNeurons
            $neurons | Export-LapeMask $PSScriptRoot/cmdlets/demo.neuron.pth
            foreach ($extension in 'json', 'safetensors', 'csv') { $neurons | Export-LapeMask "$PSScriptRoot/cmdlets/all.$extension" }
            """);
        var host = Path.Combine(RepositoryFiles.Root, "src", "LapeOps.Host", "bin", RepositoryFiles.Configuration, "net10.0", "LapeOps.Host.dll");
        var run = await Dotnet.RunAsync([host, project.In("cmdlets.ps1"), RepositoryFiles.Demo], project.Folder, TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Output);
        foreach (var (made, expected) in new[] { (MaskProject.Mask, "demo.neuron.pth"), ("a/all.json", "all.json"), ("a/all.safetensors", "all.safetensors"), ("a/all.csv", "all.csv") })
            Assert.Equal(File.ReadAllBytes(project.In($"cmdlets/{expected}")), File.ReadAllBytes(project.MaskFile(made)));
        Assert.Equal(["zh"], Masks.MaskFile.Read(project.MaskFile("a/zh.json")).Languages);
    }

    [Fact]
    public async Task Packing_a_project_packs_its_masks()
    {
        var project = NewProject().With(MaskProject.Mask).With("masks/fr.json", ("PackagePath", "data/french.json"), ("Languages", "vi")).With("masks/none.csv", ("Pack", "false"));
        (await project.Run("pack", "-c", "Debug", "-o", project.In("out"))).Required();
        using var package = ZipFile.OpenRead(Directory.GetFiles(project.In("out"), "*.nupkg").Single());
        var files = package.Entries.Select(e => e.FullName).ToArray();
        Assert.Contains("masks/demo.neuron.pth", files);
        Assert.Contains("data/french.json", files);
        Assert.DoesNotContain(files, f => f.Contains("none.csv", StringComparison.Ordinal) || f.Contains("torch_cpu", StringComparison.Ordinal) || f.Contains("LapeOps", StringComparison.Ordinal));
        var nuspec = new StreamReader(package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open()).ReadToEnd();
        Assert.DoesNotContain("torch", nuspec, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("LapeOps", nuspec, StringComparison.Ordinal);
        Assert.Empty((await project.Run("pack", "-c", "Debug", "--no-build", "-o", project.In("again"))).Required().Tasks);
    }

    [Fact]
    public async Task Several_frameworks_are_measured_once()
    {
        var project = new MaskProject(Packed, In("several")) { Frameworks = "net10.0;netstandard2.0" }.With(MaskProject.Mask, ("CopyToOutputDirectory", "PreserveNewest"));
        var build = (await project.Build()).Required();
        Assert.Equal(["MeasureLapeActivation", "GenerateLapeMask"], build.Tasks);
        foreach (var framework in new[] { "net10.0", "netstandard2.0" })
            Assert.True(File.Exists(project.In($"bin/Debug/{framework}/{MaskProject.Mask}")));
        Assert.Empty((await project.Build()).Required().Tasks);
        (await project.Run("pack", "-c", "Debug", "-o", project.In("out"))).Required();
        using var package = ZipFile.OpenRead(Directory.GetFiles(project.In("out"), "*.nupkg").Single());
        Assert.Single(package.Entries, e => e.FullName == MaskProject.Mask);
        (await project.Run("clean")).Required();
        Assert.False(File.Exists(project.MaskFile()));
    }

    [Fact]
    public async Task The_example_packs_its_masks()
    {
        var folder = In("MaskPackage");
        FolderCopy.Make(Path.Combine(RepositoryFiles.Root, "examples", "MaskPackage"), folder);
        foreach (var output in new[] { "bin", "obj" })
            if (Directory.Exists(Path.Combine(folder, output)))
                Directory.Delete(Path.Combine(folder, output), recursive: true);
        FolderCopy.Make(RepositoryFiles.Demo, In("demo"));
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"),
            (await File.ReadAllTextAsync(Path.Combine(folder, "nuget.config"), TestContext.Current.CancellationToken)).Replace("../../artifacts", Packed.Feed, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var run = await Dotnet.RunAsync(["pack", folder, $"-p:LapeOpsVersion={Packed.Version}", "-o", In("out"), "-nodeReuse:false"], folder, TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Output);
        using var package = ZipFile.OpenRead(Directory.GetFiles(In("out"), "*.nupkg").Single());
        Assert.Equal(["masks/demo.neuron.pth", "masks/demo.zh-fr.json"], package.Entries.Select(e => e.FullName).Where(f => f.StartsWith("masks/", StringComparison.Ordinal)).Order());
    }
}
