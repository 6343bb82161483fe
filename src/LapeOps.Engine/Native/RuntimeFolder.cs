using System.Runtime.InteropServices;
using LapeOps.Formats;

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
    public const string HowToMake = "Run Install-LapeRuntime, which downloads libtorch once, or build LapeOps (dotnet build), which takes it from the NuGet packages, or set LAPE_LIBTORCH to a folder of libtorch's libraries.";

    private const string VersionThatOldSystemsLack = "GLIBCXX_3.4.32";

    /// <summary>This process's platform, as NuGet names it.</summary>
    public static string Rid { get; } =
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The folder of LapeOps' own assemblies: installed module and tasks carry LibTorchSharp there, laid out as in a package.</summary>
    public static string Bindings { get; } = Path.GetDirectoryName(typeof(RuntimeFolder).Assembly.Location)!;

    /// <summary>The folder for a flavour, whether it is there or not: beside a published program or in a module that brings it, else in the user's cache.</summary>
    public static string PathFor(RuntimeFlavour flavour) =>
        new[] { AppContext.BaseDirectory, Bindings }.Select(root => PathIn(root, Rid, flavour)).FirstOrDefault(Directory.Exists)
            ?? PathIn(CacheRoot(), Rid, flavour);

    /// <summary>
    /// Makes the folder from unpacked NuGet packages: links to libtorch's libraries (copies where the file system has no links) and a
    /// LibTorchSharp that is mended for Linux. Does nothing where it is there; two makers at once end with one folder.
    /// </summary>
    /// <param name="rid">The platform, which may be another one than this process's.</param>
    /// <param name="flavour">For the CPU alone, or with CUDA.</param>
    /// <param name="packages">Folders of packages, of which each may hold a part of the libraries.</param>
    /// <param name="root">The folder of a published program, to take along; the user's cache where there is none.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="LapeException">PlatformUnsupported; RuntimeIncomplete where the packages lack a library or hold pieces of one.</exception>
    public static string Make(string rid, RuntimeFlavour flavour, IReadOnlyCollection<string> packages, string? root = null)
    {
        LoadPlan.RequirePlatform(rid);
        var target = PathIn(root ?? CacheRoot(), rid, flavour);
        if (IsComplete(target, rid, flavour))
            return target;
        var sources = Libraries(rid, flavour, packages);
        var binding = LoadPlan.FileName(rid, "LibTorchSharp");
        AtomicFolder.Make(target, folder =>
        {
            foreach (var (name, source) in sources.Where(s => s.Key != binding))
                LinkOrCopy(source, Path.Combine(folder, name), toTakeAlong: root is not null);
            CopyBinding(sources[binding], Path.Combine(folder, binding), rid);
        }, () => IsComplete(target, rid, flavour));
        return target;
    }

    /// <summary>The folder of a LibTorchSharp that can be loaded beside any libtorch, made of the one that the module carries; null where there is none.</summary>
    internal static string? MakeBinding()
    {
        var file = LoadPlan.FileName(Rid, "LibTorchSharp");
        var carried = Path.Combine(Bindings, "runtimes", Rid, "native");
        if (!File.Exists(Path.Combine(carried, file)))
            return null;
        // Only Linux's has to be mended.
        if (!OperatingSystem.IsLinux())
            return carried;
        var target = Path.Combine(CacheRoot(), "runtime", $"torchsharp-{TorchSharpVersion}-{Rid}");
        if (HasBinding())
            return target;
        try
        {
            AtomicFolder.Make(target, folder => CopyBinding(Path.Combine(carried, file), Path.Combine(folder, file), Rid), HasBinding);
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("OutputNotWritable", $"{target}, where LibTorchSharp is to stand, cannot be written: {e.Message} Free its disk, or name another folder for caches in XDG_CACHE_HOME.", e);
        }

        bool HasBinding() => File.Exists(Path.Combine(target, file));
    }

    /// <summary>Copies a LibTorchSharp, mended for old Linuxes.</summary>
    internal static void CopyBinding(string source, string target, string rid)
    {
        var library = File.ReadAllBytes(source);
        if (rid.StartsWith("linux", StringComparison.Ordinal))
            ElfVersionNeeds.MakeWeak(library, VersionThatOldSystemsLack);
        File.WriteAllBytes(target, library);
    }

    private static string PathIn(string root, string rid, RuntimeFlavour flavour) =>
        Path.Combine(root, "runtime", $"libtorch-{LibtorchVersion}-torchsharp-{TorchSharpVersion}-{rid}-{flavour.ToString().ToLowerInvariant()}");

    /// <summary>Whether nothing is missing; a link may have lost the file it points to.</summary>
    internal static bool IsComplete(string folder, string rid, RuntimeFlavour flavour) =>
        Directory.Exists(folder) && LoadPlan.Needed(flavour)
            .All(name => new FileInfo(Path.Combine(folder, LoadPlan.FileName(rid, name))) is var file
                && file.Exists && file.ResolveLinkTarget(returnFinalTarget: true)?.Exists != false);

    // Every library of the packages by its file name.
    private static Dictionary<string, string> Libraries(string rid, RuntimeFlavour flavour, IReadOnlyCollection<string> packages)
    {
        // A library too large for one package comes in fragments, which the package's own build step puts together and then deletes.
        if (packages.Select(p => Path.Combine(p, "fragments")).FirstOrDefault(HasFiles) is { } fragments)
            throw new LapeException("RuntimeIncomplete", $"{fragments} holds pieces of libraries that were not put together yet. Build with dotnet build, which does that before it makes the runtime folder.");
        var libraries = packages.Select(p => Path.Combine(p, "runtimes", rid, "native")).Where(Directory.Exists).SelectMany(Directory.GetFiles)
            .Where(file => Path.GetExtension(file) != ".sha")
            .GroupBy(file => Path.GetFileName(file)).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var missing = LoadPlan.Needed(flavour).Select(name => LoadPlan.FileName(rid, name)).FirstOrDefault(name => !libraries.ContainsKey(name));
        return missing is null ? libraries
            : throw new LapeException("RuntimeIncomplete", $"{missing} for {rid} is in none of the packages {string.Join(", ", packages)}. Restore them (dotnet restore).");

        static bool HasFiles(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any();
    }

    /// <summary>LapeOps' folder in the user's cache.</summary>
    internal static string CacheRoot()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg
            : Path.Combine(home, ".cache");
        return Path.Combine(cache, "lapeops");
    }

    /// <summary>
    /// Puts a file of the package cache in another place. A hard link keeps it when that cache is cleared; a symbolic one crosses file systems,
    /// and leads nowhere on another machine.
    /// </summary>
    internal static void LinkOrCopy(string source, string target, bool toTakeAlong)
    {
        if (OperatingSystem.IsWindows() ? CreateHardLink(target, source, IntPtr.Zero) : Link(source, target) == 0)
            return;
        try
        {
            if (!toTakeAlong)
            {
                File.CreateSymbolicLink(target, source);
                return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // This file system has none: a copy, then.
        }
        File.Copy(source, target);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string target);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string target, string source, IntPtr attributes);
}
