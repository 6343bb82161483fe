using System.Text.Json;
using LapeOps.Formats;
using LapeOps.Native;

namespace LapeOps.MSBuild.Inputs;

/// <summary>The runtime folder, made of the libtorch package that the project references.</summary>
internal static class BuildRuntime
{
    private const long MostBytes = 256 << 20;

    /// <summary>Sees that libtorch can be loaded. LAPE_LIBTORCH and a runtime folder that is there already need no package.</summary>
    /// <param name="assetsFile">What NuGet restored for the project: project.assets.json; may be missing.</param>
    /// <exception cref="LapeException">RuntimeMissing with the line to add, RuntimeUnsupported, and those of <see cref="RuntimeFolder.Make"/>.</exception>
    public static void Ensure(string? assetsFile)
    {
        LoadPlan.RequirePlatform(RuntimeFolder.Rid);
        if (Directory.Exists(NativeRuntime.TorchFolder))
            return;
        var packages = Packages(assetsFile).Where(p => p.Name.StartsWith("libtorch-", StringComparison.OrdinalIgnoreCase)).ToArray();
        if (packages.Length == 0)
            throw new LapeException("RuntimeMissing",
                $"Statistics need libtorch, and this project references none. Add this line to it and restore: {Line}. Nothing of it goes into the project's outputs.");
        if (packages.FirstOrDefault(p => p.Version != RuntimeFolder.LibtorchVersion) is { Name: not null } other)
            throw new LapeException("RuntimeUnsupported",
                $"The project references {other.Name} {other.Version}, and this LapeOps needs {RuntimeFolder.LibtorchVersion}. Reference that version: {Line}.");
        var flavour = packages.Any(p => p.Name.StartsWith("libtorch-cuda", StringComparison.OrdinalIgnoreCase)) ? RuntimeFlavour.Cuda : RuntimeFlavour.Cpu;
        RuntimeFolder.Make(RuntimeFolder.Rid, flavour, [.. packages.Select(p => p.Folder), RuntimeFolder.Bindings]);
    }

    private static string Line
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "OSX" : "Linux";
            return $"""<PackageReference Include="libtorch-cpu-{RuntimeFolder.Rid}" Version="{RuntimeFolder.LibtorchVersion}" ExcludeAssets="all" PrivateAssets="all" Condition="$([MSBuild]::IsOSPlatform('{system}'))" />""";
        }
    }

    private static IEnumerable<(string Name, string Version, string Folder)> Packages(string? assetsFile)
    {
        if (assetsFile is not { Length: > 0 } || !File.Exists(assetsFile) || BoundedFile.Read(assetsFile, MostBytes) is not { } json)
            return [];
        try
        {
            using var assets = JsonDocument.Parse(json);
            string[] roots = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name)];
            return [.. assets.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(l => l.Value.GetProperty("type").ValueEquals("package"))
                .Select(l => (Names: l.Name.Split('/'), Path: l.Value.GetProperty("path").GetString()!))
                .Select(l => (l.Names[0], l.Names[1], roots.Select(r => Path.Combine(r, l.Path)).FirstOrDefault(Directory.Exists) ?? Path.Combine(roots[0], l.Path)))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new LapeException("RuntimeIncomplete", $"{assetsFile} cannot be understood: {e.Message} Restore the project again.", e);
        }
    }
}
