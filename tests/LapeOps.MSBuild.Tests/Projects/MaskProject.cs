using System.Xml.Linq;
using LapeOps.Tests.Shared;

namespace LapeOps.MSBuild.Tests.Projects;

/// <summary>A project outside the repository that makes masks with the package, on texts of its own that are short.</summary>
internal sealed class MaskProject
{
    private readonly PackedTasks _packed;
    private readonly List<XElement> _corpora = [];
    private readonly List<XElement> _masks = [];
    private readonly List<XElement> _others = [];
    private int _builds;
    private bool _restored;

    /// <summary>A project in a new folder with the texts of three languages, which makes no mask yet.</summary>
    public MaskProject(PackedTasks packed, string folder)
    {
        _packed = packed;
        Folder = Directory.CreateDirectory(folder).FullName;
        Directory.CreateDirectory(In("texts"));
        foreach (var language in new[] { "en", "vi", "zh" })
            WriteText(language, 12_000);
        File.WriteAllText(In("nuget.config"), $"""<configuration><packageSources><add key="feed" value="{packed.Feed}" /></packageSources></configuration>""");
        // Whatever lies above the folder is none of this project's business.
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            File.WriteAllText(In(name), "<Project />");
        _corpora.Add(Item("LapeCorpus", "texts/*.*", ("Language", "%(Filename)")));
    }

    public string Folder { get; }

    public string Path => In("Masks.csproj");

    /// <summary>net10.0, or several separated by semicolons.</summary>
    public string Frameworks { get; init; } = "net10.0";

    /// <summary>Whether it references libtorch.</summary>
    public bool WithLibtorch { get; init; } = true;

    /// <summary>The mask of tests that need but one.</summary>
    public const string Mask = "masks/demo.neuron.pth";

    /// <summary>The targets that make masks, as a build runs them.</summary>
    public const string Targets = "LapePrepare;LapeMeasureActivation;LapeGenerateMasks";

    public string In(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>A mask of the last build.</summary>
    public string MaskFile(string name = Mask) => In($"obj/Debug/{(Frameworks.Contains(';') ? "" : Frameworks + "/")}lape/{name}");

    /// <summary>The one statistics file.</summary>
    public string Statistics => Directory.GetFiles(In("obj/lape"), "*.safetensors").Single();

    /// <summary>Adds a mask of the demo model, rows of 64 tokens.</summary>
    public MaskProject With(string include, params (string Name, string Value)[] metadata)
    {
        var given = metadata.ToDictionary(m => m.Name, m => m.Value);
        given.TryAdd("Model", RepositoryFiles.Demo);
        given.TryAdd("Context", "64");
        _masks.Add(Item("LapeMask", include, [.. given.Select(m => (m.Key, m.Value))]));
        return this;
    }

    /// <summary>Takes all masks away.</summary>
    public MaskProject WithoutMasks()
    {
        _masks.Clear();
        return this;
    }

    /// <summary>Adds anything to the project, a target for example.</summary>
    public MaskProject WithElement(XElement element)
    {
        _others.Add(element);
        return this;
    }

    /// <summary>Replaces a text by the first characters of the demo's.</summary>
    public void WriteText(string language, int characters) =>
        File.WriteAllText(In($"texts/{language}.txt"), File.ReadAllText(System.IO.Path.Combine(RepositoryFiles.Texts, language + ".txt"))[..characters]);

    /// <summary>Writes the project file.</summary>
    public MaskProject Write()
    {
        var frameworks = new XElement(Frameworks.Contains(';') ? "TargetFrameworks" : "TargetFramework", Frameworks);
        var references = new XElement("ItemGroup", Item("PackageReference", "LapeOps.MSBuild", ("Version", _packed.Version), ("PrivateAssets", "all")));
        if (WithLibtorch)
            references.Add(Item("PackageReference", $"libtorch-cpu-{Native.RuntimeFolder.Rid}", ("Version", Native.RuntimeFolder.LibtorchVersion), ("ExcludeAssets", "all"), ("PrivateAssets", "all")));
        new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            // Nothing here is about code, and no feed is asked about it.
            new XElement("PropertyGroup", frameworks, new XElement("RunAnalyzers", "false"), new XElement("NuGetAudit", "false")),
            references, new XElement("ItemGroup", _corpora, _masks), _others).Save(Path);
        return this;
    }

    /// <summary>Writes the project file and builds it.</summary>
    public Task<BuildRun> Build(params string[] arguments) => Run("build", arguments);

    /// <summary>Writes the project file and makes its masks without the rest of a build, which takes most of its time.</summary>
    public Task<BuildRun> Make(params string[] arguments) => Make(null, arguments);

    /// <summary>As <see cref="Make(string[])"/>, with environment variables.</summary>
    public Task<BuildRun> Make(IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        Run("msbuild", environment, [.. _restored ? Array.Empty<string>() : ["-restore"], $"-t:{Targets}", .. arguments]);

    /// <summary>Writes the project file and runs a command of the SDK on it.</summary>
    public Task<BuildRun> Run(string command, params string[] arguments) => Run(command, null, arguments);

    /// <summary>As <see cref="Run(string, string[])"/>, with environment variables and a hook that sees the process.</summary>
    public async Task<BuildRun> Run(string command, IReadOnlyDictionary<string, string>? environment, string[] arguments, Action<System.Diagnostics.Process>? started = null)
    {
        Write();
        var log = In($"build{++_builds}.binlog");
        string[] once = _restored && command is "build" ? ["--no-restore"] : [];
        _restored |= command is "build" or "msbuild";
        var run = await Dotnet.RunAsync([command, Path, $"-bl:{log}", "-nologo", "-nodeReuse:false", "-tl:off", .. once, .. arguments], Folder, TestContext.Current.CancellationToken, environment, started);
        return new BuildRun(run, log);
    }

    private static XElement Item(string type, string include, params (string Name, string Value)[] metadata) =>
        new(type, new XAttribute("Include", include), metadata.Select(m => new XAttribute(m.Name, m.Value)));
}
