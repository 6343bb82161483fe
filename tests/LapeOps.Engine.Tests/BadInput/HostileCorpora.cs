namespace LapeOps.Engine.Tests.BadInput;

/// <summary>Corpora that cannot be counted: the error, what it names, and how to fill the folder.</summary>
internal static class HostileCorpora
{
    public static SortedDictionary<string, (string ErrorId, string Names, Action<string> Make)> Cases { get; } = new(StringComparer.Ordinal)
    {
        ["an empty folder"] = ("CorpusEmpty", "corpora", _ => { }
        ),
        ["a folder without texts"] = ("CorpusEmpty", "corpora", folder => File.WriteAllText(Path.Combine(folder, "readme.md"), "text")),
        ["an empty text"] = ("CorpusTooSmall", "'xx'", folder => File.WriteAllText(Path.Combine(folder, "xx.txt"), "")),
        ["a text of one line"] = ("CorpusTooSmall", "'xx' has 5 tokens", folder => File.WriteAllText(Path.Combine(folder, "xx.txt"), "hello")),
        ["bytes that are not UTF-8"] = ("CorpusNotUtf8", "xx.txt is not UTF-8: the byte at offset 200 ", folder =>
            File.WriteAllBytes(Path.Combine(folder, "xx.txt"), [.. Enumerable.Repeat((byte)'a', 200), 0xFF, (byte)'b'])),
        ["a link to nowhere"] = ("FileNotReadable", "xx.txt", folder => File.CreateSymbolicLink(Path.Combine(folder, "xx.txt"), Path.Combine(folder, "gone"))),
        ["a good text and a bad one"] = ("CorpusNotUtf8", "yy.txt", folder =>
        {
            File.WriteAllText(Path.Combine(folder, "xx.txt"), new string('a', 1000));
            File.WriteAllBytes(Path.Combine(folder, "yy.txt"), [0xC0]);
        }
        ),
    };
}
