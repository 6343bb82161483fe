using System.Runtime.InteropServices;

namespace LapeOps.Native;

/// <summary>
/// The one flat folder of everything native, under the user's cache, keyed by version, platform and flavour. Tests, host, module and
/// task host load from it and from nowhere else.
/// </summary>
public static partial class RuntimeFolder
{
    /// <summary>Version of libtorch that TorchSharp was built for.</summary>
    public const string LibtorchVersion = "2.10.0";

    /// <summary>Version of TorchSharp.</summary>
    public const string TorchSharpVersion = "0.107.0";

    /// <summary>What to do where there is no runtime folder.</summary>
    public const string HowToMake = "Build LapeOps once (dotnet build), which makes the runtime folder from the NuGet packages, or set LAPE_LIBTORCH to a folder of libtorch's libraries.";

    private const string VersionThatOldSystemsLack = "GLIBCXX_3.4.32";

    /// <summary>This process's platform, as NuGet names it.</summary>
    public static string Rid { get; } =
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The folder for a flavour, whether it is there or not.</summary>
    public static string PathFor(RuntimeFlavour flavour) =>
        Path.Combine(CacheRoot(), "runtime", $"libtorch-{LibtorchVersion}-torchsharp-{TorchSharpVersion}-{Rid}-{flavour.ToString().ToLowerInvariant()}");

    /// <summary>
    /// Makes the folder from unpacked NuGet packages: links to libtorch's libraries (copies where the file system has no links) and a
    /// mended copy of LibTorchSharp. Does nothing where it is there; two makers at once end with one folder.
    /// </summary>
    /// <returns>The folder.</returns>
    /// <exception cref="LapeException">RuntimeIncomplete where a package lacks the native parts for this platform.</exception>
    public static string Make(RuntimeFlavour flavour, string libtorchPackage, string torchSharpPackage)
    {
        var target = PathFor(flavour);
        if (IsComplete(target))
            return target;
        var binding = LoadPlan.FileName(Rid, "LibTorchSharp");
        var sources = NativeParts(libtorchPackage).Concat(NativeParts(torchSharpPackage)).ToArray();
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(temporary);
        try
        {
            foreach (var source in sources.Where(s => Path.GetFileName(s) != binding))
                LinkOrCopy(source, Path.Combine(temporary, Path.GetFileName(source)));
            var library = File.ReadAllBytes(sources.First(s => Path.GetFileName(s) == binding));
            if (Rid.StartsWith("linux", StringComparison.Ordinal))
                ElfVersionNeeds.MakeWeak(library, VersionThatOldSystemsLack);
            File.WriteAllBytes(Path.Combine(temporary, binding), library);
            Replace(temporary, target);
            return target;
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Whether a folder holds a loadable set: a link may have lost the file it points to.</summary>
    public static bool IsComplete(string folder) =>
        Directory.Exists(folder) && new[] { "c10", "torch_cpu", "torch", "LibTorchSharp" }
            .All(name => new FileInfo(Path.Combine(folder, LoadPlan.FileName(Rid, name))) is var file
                && (file.ResolveLinkTarget(returnFinalTarget: true)?.Exists ?? file.Exists));

    private static void Replace(string temporary, string target)
    {
        try
        {
            if (Directory.Exists(target) && !IsComplete(target))
                Directory.Delete(target, recursive: true);
            Directory.Move(temporary, target);
        }
        catch (IOException) when (IsComplete(target))
        {
            // Another maker was first.
        }
    }

    private static string[] NativeParts(string package)
    {
        var folder = Path.Combine(package, "runtimes", Rid, "native");
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        return files.Length > 0
            ? files
            : throw new LapeException("RuntimeIncomplete", $"{folder} holds no libraries: the package is not restored, or has none for {Rid}.");
    }

    private static string CacheRoot()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg
            : Path.Combine(home, ".cache");
        return Path.Combine(cache, "lapeops");
    }

    // A hard link keeps the library when the package cache is cleared; a symbolic one crosses file systems.
    private static void LinkOrCopy(string source, string target)
    {
        if (OperatingSystem.IsWindows() ? CreateHardLink(target, source, IntPtr.Zero) : Link(source, target) == 0)
            return;
        try
        {
            File.CreateSymbolicLink(target, source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Copy(source, target);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string target);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string target, string source, IntPtr attributes);
}
