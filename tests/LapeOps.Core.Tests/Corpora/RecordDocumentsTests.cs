using LapeOps.Corpora;
using Parquet;
using Parquet.Schema;
using static LapeOps.Core.Tests.Formats.ArchiveBuilder;

namespace LapeOps.Core.Tests.Corpora;

/// <summary>Documents in JSON lines and Parquet files, and ids of torch.</summary>
public sealed class RecordDocumentsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_of_jsonl_is_a_document()
    {
        var path = _folder.Write("a.jsonl", "\uFEFF{\"text\":\"a\\nb\",\"id\":1}\r\n\n{\"id\":{},\"text\":\"\"}\n{\"text\":\"\\ud83d\\ude00\"}");
        Assert.Equal(["a\nb", "", "😀"], TextDocuments.Read(path, new()));
        Assert.Equal(["1"], TextDocuments.Read(_folder.Write("b.ndjson", "{\"body\":\"1\"}"), new(TextField: "body")));
        Assert.Equal(["x", "x"], TextDocuments.Read(_folder.Gzip("c.jsonl.gz", "{\"text\":\"x\"}\n"u8.ToArray(), 2), new()));
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"text\":", 2, "not JSON")]
    [InlineData("\n\nx", 3, "not JSON")]
    [InlineData("[1]", 1, "not an object")]
    [InlineData("{\"text\":1}", 1, "not a string")]
    [InlineData("{\"body\":\"a\",\"id\":2}", 1, "no field 'text', but body, id")]
    [InlineData("{\"text\":\"\\ud83d\"}", 1, "not JSON")]
    [InlineData("{\"text\":\"a\"} {\"text\":\"b\"}", 1, "not JSON")]
    public void A_broken_line_is_an_error_with_file_and_number(string text, int line, string what)
    {
        var path = _folder.Write("a.jsonl", text);
        Refused(path, new(), "CorpusInvalid", $"line {line}: ", what);
    }

    [Fact]
    public void Nested_brackets_are_refused() =>
        Refused(_folder.Write("a.jsonl", "{\"a\":" + new string('[', 1_000_000)), new(), "CorpusInvalid", "line 1: ");

    [Fact]
    public async Task A_row_of_parquet_is_a_document()
    {
        var path = await Parquet("a.parquet", "text", ["a", "bä\n", null, ""], ["c"]);
        Assert.Equal(["a", "bä\n", "", "c"], TextDocuments.Read(path, new()));
        Assert.Equal(["a", "bä\n", "", "c"], TextDocuments.Read(_folder.Gzip("b.parquet.gz", File.ReadAllBytes(path)), new()));
        Assert.Equal(["x"], TextDocuments.Read(await Parquet("c.parquet", "body", ["x"]), new(TextField: "body")));
        Refused(path, new(TextField: "body"), "CorpusInvalid", "no column 'body', but id, text");
        Refused(path, new(TextField: "id"), "CorpusInvalid", "does not hold strings");
    }

    [Fact]
    public async Task A_broken_parquet_file_is_refused_whatever_is_broken()
    {
        var whole = File.ReadAllBytes(await Parquet("a.parquet", "text", [.. Enumerable.Range(0, 200).Select(i => $"text {i}")]));
        Refused(_folder.Write("text.parquet", "no parquet at all, whatever the name says"), new(), "CorpusInvalid");
        Refused(_folder.Write("empty.parquet", ""), new(), "CorpusInvalid");
        Refused(_folder.Write("cut.parquet", whole[..^5]), new(), "CorpusInvalid");
        Refused(_folder.Write("footer.parquet", [.. "PAR1"u8, .. new byte[100], 0xFF, 0xFF, 0xFF, 0x7F, .. "PAR1"u8]), new(), "CorpusInvalid");
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            byte[] broken = [.. whole];
            // The metadata's last byte ends it; without it, its reader goes round for ever.
            var at = i < 8 ? broken.Length - 9 : random.Next(broken.Length);
            broken[at] ^= (byte)(1 << (i % 8));
            var path = _folder.Write("broken.parquet", broken);
            try
            {
                Assert.InRange(TextDocuments.Read(path, new()).Count(), 0, 10_000);
            }
            catch (LapeException e)
            {
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("Long", 8)]
    [InlineData("Int", 4)]
    public void Ids_are_rows_as_they_are(string type, int size)
    {
        var bytes = Enumerable.Range(0, 100_000).SelectMany(i => BitConverter.GetBytes((long)i)[..size]).ToArray();
        var tensor = Tensor("0", 100_000, 0, [100_000], [1], $"ctorch\n{type}Storage\n");
        var path = _folder.Write("a.pth", ZipBytes([("a/data.pkl", Pickle(tensor)), ("a/data/0", bytes)]));
        foreach (var file in new[] { path, _folder.Gzip("b.pth.gz", File.ReadAllBytes(path)) })
        {
            var rows = Cut(file, 100_000);
            Assert.Equal((100_000L, 1000), (rows.Rows.TokensFound, rows.Rows.CountedRows));
            var ids = new long[100];
            rows.Fill(ids, 999, 1);
            Assert.Equal(Enumerable.Range(99_900, 100).Select(i => (long)i), ids);
        }
        var refused = Assert.Throws<LapeException>(() => Cut(path, 99_999));
        Assert.Equal("CorpusInvalid", refused.ErrorId);
        Assert.Contains("at 99999 is 99999", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("]")]
    [InlineData("}")]
    [InlineData("K\u0001")]
    public void Another_object_than_ids_is_refused(string pickle)
    {
        var path = _folder.Write("a.pth", ZipBytes([("a/data.pkl", Pickle(pickle))]));
        Assert.Equal("CorpusInvalid", Assert.Throws<LapeException>(() => Cut(path, 10)).ErrorId);
        var packed = _folder.Gzip("b.pth.gz", "no zip, but of some length"u8.ToArray());
        var refused = Assert.Throws<LapeException>(() => Cut(packed, 10));
        Assert.Equal("TorchArchiveInvalid", refused.ErrorId);
        Assert.Contains(packed, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", refused.Message, StringComparison.Ordinal);
    }

    private static TokenRows Cut(string path, int vocabulary) =>
        TokenRows.Cut(new("x", [path]), new(), text => [.. text.Select(c => (int)c)], new RowPlan(100, [], HoldOut: 0), vocabulary);

    private static void Refused(string path, CorpusReading reading, string errorId, params string[] what)
    {
        var refused = Assert.Throws<LapeException>(() => TextDocuments.Read(path, reading).Count());
        Assert.Equal(errorId, refused.ErrorId);
        Assert.All(what.Append(path), w => Assert.Contains(w, refused.Message, StringComparison.Ordinal));
    }

    private async Task<string> Parquet(string name, string column, params string?[][] groups)
    {
        var (id, text) = (new DataField<long>("id"), new DataField<string>(column));
        using var stream = File.Create(_folder[name]);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, text), stream, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var rows in groups)
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<long>(id, rows.Select((_, i) => (long)i).ToArray());
            await group.WriteAsync(text, rows!);
            group.CompleteValidate();
        }
        return _folder[name];
    }
}
