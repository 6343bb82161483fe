using LapeOps.Formats;
using LapeOps.Native;

namespace LapeOps.Languages;

/// <summary>
/// The one folder of Lingua's language models, under the user's cache, or beside a published program or module that brings it. A build makes it
/// of links to the package cache, <see cref="DetectorModelInstallation"/> of the package.
/// </summary>
public static class DetectorModels
{
    /// <summary>The package that has them.</summary>
    public const string Package = "SearchPioneer.Lingua";

    /// <summary>Its version.</summary>
    public const string Version = "2.0.0";

    /// <summary>Where the package has them.</summary>
    public const string InPackage = "contentFiles/any/any/Lingua/LanguageModels";

    /// <summary>Models in that version. Lingua itself takes a missing one for a language without text.</summary>
    internal const int Files = 383;

    /// <summary>How their names end.</summary>
    internal const string Extension = ".json.br";

    /// <summary>The folder, whether it is there or not.</summary>
    public static string Folder =>
        new[] { AppContext.BaseDirectory, RuntimeFolder.Bindings }.Select(FolderIn).FirstOrDefault(Directory.Exists) ?? FolderIn(RuntimeFolder.CacheRoot());

    /// <summary>Makes the folder from the unpacked package, where it is among <paramref name="packages"/>. Does nothing where the folder is complete.</summary>
    /// <param name="packages">Folders of packages.</param>
    /// <param name="root">The folder of a published program or module, to take along; the user's cache where there is none.</param>
    /// <exception cref="LapeException">LanguageModelsMissing where the package lacks some.</exception>
    public static void Make(IEnumerable<string> packages, string? root = null)
    {
        var target = FolderIn(root ?? RuntimeFolder.CacheRoot());
        if (packages.Select(p => Path.Combine(p, InPackage)).FirstOrDefault(Directory.Exists) is not { } source || IsComplete(target))
            return;
        if (!IsComplete(source))
            throw new LapeException("LanguageModelsMissing", $"{source} lacks some of the {Files} language models of {Package} {Version}. Restore it again (dotnet restore).");
        AtomicFolder.Make(target, folder =>
        {
            foreach (var file in Models(source))
            {
                var link = Path.Combine(folder, Path.GetRelativePath(source, file));
                Directory.CreateDirectory(Path.GetDirectoryName(link)!);
                RuntimeFolder.LinkOrCopy(file, link, toTakeAlong: root is not null);
            }
        }, () => IsComplete(target));
    }

    /// <summary>The folder, which is complete.</summary>
    /// <exception cref="LapeException">LanguageModelsMissing.</exception>
    internal static string Require(string? folder = null)
    {
        folder ??= Folder;
        return IsComplete(folder) ? folder : throw new LapeException("LanguageModelsMissing",
            $"{folder} lacks the language models that tell which language an answer is in. Run Install-LapeLanguageModel, which downloads them once, or build LapeOps (dotnet build), which takes them from the NuGet package {Package} {Version}, or unpack that package's {InPackage} there.");
    }

    private static string FolderIn(string root) => Path.Combine(root, "languages", $"lingua-{Version}");

    /// <summary>Whether no model is missing; a link may have lost the file that it points to.</summary>
    internal static bool IsComplete(string folder) => Directory.Exists(folder) && Models(folder).Count(File.Exists) == Files;

    private static IEnumerable<string> Models(string folder) => Directory.EnumerateFiles(folder, "*" + Extension, SearchOption.AllDirectories);
}
