using System.Security.Cryptography;
using System.Text;
using LapeOps.Corpora;

namespace LapeOps.Core.Tests.Corpora;

public sealed class CorpusTests
{
    [Fact]
    public void A_file_is_a_language_and_in_a_folder_each_file_and_subfolder_is_one()
    {
        using var folder = new TempFolder();
        foreach (var file in new[] { "corpora/fr.txt", "corpora/en.txt", "corpora/zh/b.txt", "corpora/zh/deep/a.txt", "corpora/notes.md", "corpora/empty/readme.md", "de.txt" })
            folder.Write(file, "x");
        var corpus = Corpus.FromPaths([folder["de.txt"], folder["corpora"]]);
        Assert.Equal(["de", "en", "fr", "zh"], corpus.Languages.Select(l => l.Language));
        Assert.Equal([folder["corpora/zh/b.txt"], folder["corpora/zh/deep/a.txt"]], corpus.Languages[3].Files);
        Assert.Equal(new CorpusReading(), corpus.Reading);
    }

    [Theory]
    [InlineData("en.txt", CorpusFormat.Text, "en", false)]
    [InlineData("en.md", CorpusFormat.Text, "en", false)]
    [InlineData("en.v2.txt.gz", CorpusFormat.Text, "en.v2", true)]
    [InlineData("zh.jsonl", CorpusFormat.Jsonl, "zh", false)]
    [InlineData("zh.NDJSON.GZ", CorpusFormat.Jsonl, "zh", true)]
    [InlineData("zh.parquet", CorpusFormat.Parquet, "zh", false)]
    [InlineData("zh.parquet.gz", CorpusFormat.Parquet, "zh", true)]
    [InlineData("vi.pth", CorpusFormat.Ids, "vi", false)]
    [InlineData("id.vi.train.llama-7b", CorpusFormat.Ids, "vi", false)]
    [InlineData("id.vi.train.llama-7b.pth", CorpusFormat.Ids, "vi", false)]
    [InlineData("id.txt", CorpusFormat.Text, "id", false)]
    public void A_name_says_format_language_and_packing(string name, CorpusFormat format, string language, bool gzip) =>
        Assert.Equal(new CorpusFileName(format, language, gzip), CorpusFileName.Of(Path.Combine("folder", name)));

    [Fact]
    public void Folders_are_searched_for_every_format_and_its_packed_form()
    {
        using var folder = new TempFolder();
        foreach (var file in new[] { "c/a.txt", "c/b.jsonl", "c/c.parquet.gz", "c/d.pth", "c/a.txt.gz", "c/e.gz", "c/f.json", "c/g/x.ndjson.gz", "c/g/y.csv" })
            folder.Write(file, "x");
        var corpus = Corpus.FromPaths([folder["c"]]);
        Assert.Equal(["a", "b", "c", "d", "g"], corpus.Languages.Select(l => l.Language));
        Assert.Equal([folder["c/a.txt"], folder["c/a.txt.gz"]], corpus.Languages[0].Files);
        Assert.Equal([folder["c/g/x.ndjson.gz"]], corpus.Languages[4].Files);
    }

    [Fact]
    public void One_name_from_several_places_is_one_language_and_a_file_counts_once()
    {
        using var folder = new TempFolder();
        folder.Write("a/en.txt", "1");
        folder.Write("b/en.txt", "2");
        folder.Write("b/en/more.txt", "3");
        var corpus = Corpus.FromPaths([folder["b"], folder["a/en.txt"], folder["b/en.txt"]]);
        var english = Assert.Single(corpus.Languages);
        Assert.Equal(("en", [folder["b/en.txt"], folder["b/en/more.txt"], folder["a/en.txt"]]), (english.Language, english.Files),
            (expected, actual) => expected.Item1 == actual.Item1 && expected.Item2.SequenceEqual(actual.Item2));
    }

    [Fact]
    public void Named_languages_have_the_files_and_all_below_the_folders_that_are_given()
    {
        using var folder = new TempFolder();
        folder.Write("x/one.txt", "1");
        folder.Write("x/y/two.txt", "2");
        folder.Write("three.md", "3");
        var corpus = Corpus.FromNamed([new("zh", [folder["three.md"], folder["x"]]), new("fr", [folder["x/one.txt"]])], new(DocumentKind.Line));
        Assert.Equal(["zh", "fr"], corpus.Languages.Select(l => l.Language));
        Assert.Equal([folder["three.md"], folder["x/one.txt"], folder["x/y/two.txt"]], corpus.Languages[0].Files);
        Assert.Equal(DocumentKind.Line, corpus.Reading.Documents);
    }

    [Fact]
    public void What_is_not_there_or_empty_or_no_name_is_refused()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["empty"]);
        folder.Write("a.txt", "x");
        AssertRefused("CorpusNotFound", () => Corpus.FromPaths([folder["gone"]]));
        AssertRefused("CorpusEmpty", () => Corpus.FromPaths([folder["empty"]]));
        AssertRefused("CorpusEmpty", () => Corpus.FromPaths([]));
        AssertRefused("CorpusEmpty", () => Corpus.FromNamed([new("en", [folder["empty"]])]));
        AssertRefused("LanguageNameInvalid", () => Corpus.FromNamed([new("a/b", [folder["a.txt"]])]));
        AssertRefused("LanguageNameInvalid", () => Corpus.FromNamed([new("", [folder["a.txt"]])]));

        static void AssertRefused(string errorId, Action make) => Assert.Equal(errorId, Assert.Throws<LapeException>(make).ErrorId);
    }

    [Fact]
    public void The_hash_is_of_the_bytes_of_one_file_and_of_the_hashes_of_several()
    {
        using var folder = new TempFolder();
        string one = folder.Write("1.txt", "one"), two = folder.Write("2.txt", "two");
        string first = Hex("one"u8), second = Hex("two"u8);
        Assert.Equal(first, new LanguageCorpus("x", [one]).Hash());
        Assert.Equal(Hex(Encoding.ASCII.GetBytes($"{first}\n{second}\n")), new LanguageCorpus("x", [one, two]).Hash());
        Assert.NotEqual(new LanguageCorpus("x", [two, one]).Hash(), new LanguageCorpus("x", [one, two]).Hash());

        static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
