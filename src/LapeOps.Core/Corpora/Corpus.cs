using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace LapeOps.Corpora;

/// <summary>The texts of one language.</summary>
/// <param name="Language">Its name.</param>
/// <param name="Files">Full paths, in order.</param>
public sealed record LanguageCorpus(string Language, IReadOnlyList<string> Files)
{
    /// <summary>
    /// SHA-256 of the corpus in lower-case hex: of the file's bytes, or, with several files, of their hashes, a line each.
    /// </summary>
    public string Hash() => Files.Count == 1 ? HashOf(Files[0]) : HashOfHashes(Files.Select(HashOf));

    /// <summary>SHA-256 in lower-case hex of several, a line each.</summary>
    public static string HashOfHashes(IEnumerable<string> hashes)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var hash in hashes)
            all.AppendData(Encoding.ASCII.GetBytes(hash + "\n"));
        return Convert.ToHexStringLower(all.GetHashAndReset());
    }

    /// <summary>SHA-256 of a file in lower-case hex.</summary>
    /// <exception cref="LapeException">FileNotReadable.</exception>
    public static string HashOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>Texts of several languages.</summary>
/// <param name="Languages">One entry a language, in order.</param>
/// <param name="Reading">How files become documents.</param>
public sealed record Corpus(IReadOnlyList<LanguageCorpus> Languages, CorpusReading Reading)
{
    /// <summary>
    /// A corpus of files and folders. A file's language is its base name; in a folder, each file of a known format (see
    /// <see cref="CorpusFileName.Extensions"/>) is a language and each subfolder is one with all such files below it. The same name from several places is one language. Languages are in the order of the paths,
    /// within a folder in ordinal order.
    /// </summary>
    /// <exception cref="LapeException">CorpusNotFound or CorpusEmpty.</exception>
    public static Corpus FromPaths(IEnumerable<string> paths, CorpusReading? reading = null) =>
        Build(paths.SelectMany(FilesOf), reading);

    /// <summary>A corpus whose languages are named: each with its files and folders (all files of known formats below them).</summary>
    /// <exception cref="LapeException">CorpusNotFound or CorpusEmpty.</exception>
    public static Corpus FromNamed(IEnumerable<KeyValuePair<string, IEnumerable<string>>> languages, CorpusReading? reading = null) =>
        Build(languages.SelectMany(l => l.Value.SelectMany(TextsBelow).Select(file => (l.Key, file))), reading);

    private static Corpus Build(IEnumerable<(string Language, string File)> files, CorpusReading? reading)
    {
        LanguageCorpus[] languages = [.. files.GroupBy(f => f.Language, f => f.File).Select(l => new LanguageCorpus(l.Key, [.. l.Distinct()]))];
        if (languages.Length == 0)
            throw new LapeException("CorpusEmpty", "The corpus has no texts. Give files (.txt, .jsonl, .parquet, .pth, each also as .gz), folders that hold some, or a hashtable of language = paths.");
        foreach (var language in languages)
            LanguageName.Require(language.Language);
        return new Corpus(languages, reading ?? new());
    }

    private static IEnumerable<(string, string)> FilesOf(string path)
    {
        if (!Directory.Exists(path))
            return TextsBelow(path).Select(file => (CorpusFileName.Of(file).Language, file));
        var files = Directory.GetFiles(path).Where(file => CorpusFileName.IsFound(file)).Order(StringComparer.Ordinal)
            .Select(file => (CorpusFileName.Of(file).Language, File: Path.GetFullPath(file)));
        var folders = Directory.GetDirectories(path).Order(StringComparer.Ordinal)
            .SelectMany(folder => TextFiles(folder).Select(file => (Language: Path.GetFileName(folder), File: file)));
        (string, string)[] all = [.. files, .. folders];
        return all.Length > 0 ? all : throw Empty(path);
    }

    private static IEnumerable<string> TextsBelow(string path)
    {
        if (File.Exists(path))
            return [Path.GetFullPath(path)];
        if (!Directory.Exists(path))
            throw new LapeException("CorpusNotFound", $"The corpus {path} does not exist. Give files (.txt, .jsonl, .parquet, .pth, each also as .gz), folders that hold some, or a hashtable of language = paths.");
        var texts = TextFiles(path);
        return texts.Length > 0 ? texts : throw Empty(path);
    }

    private static string[] TextFiles(string folder) =>
        [.. Texts(folder).Select(Path.GetFullPath).Order(StringComparer.Ordinal)];

    // Links to files are followed, those to folders are not: they may lead in circles.
    private static FileSystemEnumerable<string> Texts(string folder) =>
        new(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && CorpusFileName.IsFound(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    private static LapeException Empty(string folder) => new("CorpusEmpty", $"The folder {folder} holds no .txt, .jsonl, .parquet or .pth file. Put one text file or subfolder a language in it.");
}
