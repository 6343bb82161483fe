using System.IO.Compression;
using System.Text;
using Parquet;
using Parquet.Schema;

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
        ["jsonl with a broken line"] = ("CorpusInvalid", "xx.jsonl, line 3: ", folder =>
            File.WriteAllText(Path.Combine(folder, "xx.jsonl"), "{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":\"thr")),
        ["jsonl without the field"] = ("CorpusInvalid", "xx.jsonl, line 1: it has no field 'text'", folder => File.WriteAllText(Path.Combine(folder, "xx.jsonl"), "{\"body\":\"one\"}")),
        ["jsonl of nested brackets"] = ("CorpusInvalid", "xx.jsonl, line 1: ", folder => File.WriteAllText(Path.Combine(folder, "xx.jsonl"), "{\"a\":" + new string('[', 10_000_000))),
        ["parquet without the column"] = ("CorpusInvalid", "xx.parquet: it has no column 'text', but body", folder => Parquet(folder, "body", ["one"])),
        ["parquet that is none"] = ("CorpusInvalid", "xx.parquet: ", folder => File.WriteAllText(Path.Combine(folder, "xx.parquet"), "no parquet, whatever the name says")),
        ["parquet with an endless footer"] = ("CorpusInvalid", "xx.parquet: ", folder =>
        {
            Parquet(folder, "text", ["one"]);
            // The footer's last byte ends it.
            var bytes = File.ReadAllBytes(Path.Combine(folder, "xx.parquet"));
            bytes[^9] ^= 8;
            File.WriteAllBytes(Path.Combine(folder, "xx.parquet"), bytes);
        }
        ),
        ["parquet of two billion bytes of metadata"] = ("CorpusInvalid", "xx.parquet: ", folder =>
            File.WriteAllBytes(Path.Combine(folder, "xx.parquet"), [.. "PAR1"u8, .. new byte[100], 0xFF, 0xFF, 0xFF, 0x7F, .. "PAR1"u8])),
        ["a gzip that is none"] = ("CorpusInvalid", "xx.txt.gz is no whole gzip file", folder => File.WriteAllText(Path.Combine(folder, "xx.txt.gz"), "no gzip")),
        ["a gzip bomb of one document"] = ("DocumentTooLarge", "xx.txt.gz", folder => Bomb(folder, "xx.txt.gz", 2000)),
        ["a gzip bomb of one line of jsonl"] = ("DocumentTooLarge", "xx.jsonl.gz", folder => Bomb(folder, "xx.jsonl.gz", 2000)),
        ["a gzip bomb as parquet"] = ("CorpusTooLarge", "xx.parquet.gz", folder => Bomb(folder, "xx.parquet.gz", 2000)),
        ["a gzip bomb as ids"] = ("CorpusTooLarge", "xx.pth.gz", folder => Bomb(folder, "xx.pth.gz", 2000)),
        ["ids of a legacy file of torch"] = ("TorchArchiveInvalid", "xx.pth", folder => File.WriteAllBytes(Path.Combine(folder, "xx.pth"), HostileMasks.Cases["a legacy file of torch"].Bytes)),
        ["ids that are a view beyond their storage"] = ("PickleRefused", "xx.pth", folder => File.WriteAllBytes(Path.Combine(folder, "xx.pth"), HostileMasks.Cases["a view beyond its storage"].Bytes)),
        ["ids that run a command"] = ("PickleRefused", "xx.pth", folder => File.WriteAllBytes(Path.Combine(folder, "xx.pth"), HostileMasks.Cases["a pickle that runs a command"].Bytes)),
        ["UTF-16 that ends in half a character"] = ("CorpusNotUtf8", "offset 202 ", folder =>
            File.WriteAllBytes(Path.Combine(folder, "xx.txt"), [0xFF, 0xFE, .. Enumerable.Repeat(new byte[] { 0x61, 0 }, 100).SelectMany(b => b), 0x3D])),
        ["a good text and a bad one"] = ("CorpusNotUtf8", "yy.txt", folder =>
        {
            File.WriteAllText(Path.Combine(folder, "xx.txt"), new string('a', 1000));
            File.WriteAllBytes(Path.Combine(folder, "yy.txt"), [0xC0]);
        }
        ),
    };

    // A megabyte of the letter a, so many times: a thousandth when packed.
    internal static void Bomb(string folder, string name, int megabytes, string line = "")
    {
        using var packed = new GZipStream(File.Create(Path.Combine(folder, name)), CompressionLevel.Fastest);
        var piece = Encoding.ASCII.GetBytes(new string('a', (1 << 20) - line.Length) + line);
        for (var i = 0; i < megabytes; i++)
            packed.Write(piece);
    }

    private static void Parquet(string folder, string column, string[] texts)
    {
        var field = new DataField<string>(column);
        using var stream = File.Create(Path.Combine(folder, "xx.parquet"));
        var writer = ParquetWriter.CreateAsync(new ParquetSchema(field), stream).GetAwaiter().GetResult();
        using (var group = writer.CreateRowGroup())
            group.WriteAsync(field, texts).GetAwaiter().GetResult();
        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
