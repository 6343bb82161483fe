using LapeOps.Engine.Tests.Support;
using Parquet;
using Parquet.Schema;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>What reading a corpus takes, in a process of its own: the same for a small one and a large one.</summary>
public sealed class CorpusMemoryTests
{
    // Beside what the collector leaves lying about.
    private const int MostMore = 32;

    [Theory]
    [InlineData("xx.txt", 20, 80)]
    [InlineData("xx.txt.gz", 150, 600)]
    [InlineData("xx.jsonl", 20, 80)]
    [InlineData("xx.parquet", 10, 60)]
    [InlineData("xx", 4, 40)]
    public async Task A_corpus_of_many_documents_takes_the_same_memory_however_large_it_is(string name, int megabytes, int moreMegabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak resident set is read on Linux.");
        var small = await Peak(name, megabytes);
        Assert.InRange(await Peak(name, moreMegabytes), 1, small + MostMore);
    }

    [Fact]
    public async Task One_document_takes_the_same_memory_however_large_it_is_where_its_tokenizer_cuts_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak resident set is read on Linux.");
        var small = await Peak(4);
        Assert.InRange(await Peak(40), 1, small + MostMore);

        static async Task<int> Peak(int megabytes)
        {
            using var folder = new TempFolder();
            Directory.CreateDirectory(folder["corpora"]);
            File.WriteAllLines(folder["corpora/xx.txt"], Documents(megabytes));
            ByteTokenizer.Write(folder.Path);
            return Child.PeakMegabytes(await Child.Run("rows", folder["corpora"], "file", "99999744", folder["tokenizer.json"]).Succeeds());
        }
    }

    private static async Task<int> Peak(string name, int megabytes)
    {
        using var folder = new TempFolder();
        var path = folder[$"corpora/{name}"];
        Directory.CreateDirectory(folder["corpora"]);
        switch (Path.GetExtension(name))
        {
            case ".gz":
                HostileCorpora.Bomb(folder["corpora"], name, megabytes, "\n");
                break;
            case ".txt":
                File.WriteAllLines(path, Documents(megabytes));
                break;
            case ".jsonl":
                File.WriteAllLines(path, Documents(megabytes).Select(d => $"{{\"text\":\"{d}\"}}"));
                break;
            case ".parquet":
                await WriteParquet(path, megabytes);
                break;
            default:
                Directory.CreateDirectory(path);
                foreach (var (i, documents) in Documents(megabytes).Chunk(100).Index())
                    File.WriteAllLines(Path.Combine(path, $"{i}.txt"), documents);
                break;
        }
        return Child.PeakMegabytes(await Child.Run("rows", folder["corpora"], "line", "99999744").Succeeds());
    }

    private static IEnumerable<string> Documents(int megabytes)
    {
        var size = 0L;
        for (var i = 0; size < (long)megabytes << 20; i++)
        {
            var document = $"This is the document of number {i}, and there is no other one like it in this corpus.";
            size += document.Length + 1;
            yield return document;
        }
    }

    private static async Task WriteParquet(string path, int megabytes)
    {
        var text = new DataField<string>("text");
        using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(text), stream, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var rows in Documents(megabytes).Chunk(20_000))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(text, rows);
            group.CompleteValidate();
        }
    }
}
