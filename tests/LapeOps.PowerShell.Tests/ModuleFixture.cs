using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using LapeOps.PowerShell.Tests;

// One libtorch with as many threads as there are cores: tests side by side would only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(ModuleFixture))]

namespace LapeOps.PowerShell.Tests;

/// <summary>
/// What all tests share: a folder, and one statistics file of the demo model. Before any module is imported, the default load context gets
/// other versions of the module's dependencies, as another module might have loaded them: every test runs beside them.
/// </summary>
public sealed class ModuleFixture : IDisposable
{
    /// <summary>Names of assemblies that the module brings itself and that something else has loaded before.</summary>
    internal static readonly string[] Clashing = ["TorchSharp", "CsvHelper", "Microsoft.ML.Tokenizers", "Google.Protobuf"];

    private readonly Lazy<string> _statistics;
    private int _folders;

    public ModuleFixture()
    {
        foreach (var name in Clashing)
            LoadAnotherVersion(name);
        _statistics = new(Measure);
    }

    /// <summary>A folder of this run.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("lapeops-module-").FullName;

    /// <summary>Statistics of the demo model on its seven texts with a context of 128.</summary>
    internal string Statistics => _statistics.Value;

    /// <summary>A path in a new folder.</summary>
    internal string New(string name) => Path.Combine(NewFolder(), name);

    /// <summary>A new folder.</summary>
    internal string NewFolder() => Directory.CreateDirectory(Path.Combine(Folder, Interlocked.Increment(ref _folders).ToString(CultureInfo.InvariantCulture))).FullName;

    /// <summary>A session that knows the statistics as $s.</summary>
    internal Session Open()
    {
        var session = new Session();
        session.Set("s", Statistics);
        return session;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is (IOException or UnauthorizedAccessException))
        {
            // Windows keeps files that are mapped, those of models that are still open.
        }
    }

    private string Measure()
    {
        var path = Path.Combine(Folder, "demo.safetensors");
        using var session = new Session();
        session.Run("Measure-LapeActivation $demo $texts -Context 128 -OutPath $out", ("out", path)).Single();
        return path;
    }

    private static void LoadAnotherVersion(string name)
    {
        var builder = new PersistedAssemblyBuilder(new AssemblyName(name) { Version = new Version(0, 0, 0, 1) }, typeof(object).Assembly);
        builder.DefineDynamicModule(name);
        using var image = new MemoryStream();
        builder.Save(image);
        image.Position = 0;
        AssemblyLoadContext.Default.LoadFromStream(image);
    }
}
