using LapeOps.Core.Tests.Formats;
using LapeOps.Formats.Pickle;
using LapeOps.Statistics;
using static LapeOps.Core.Tests.Formats.ArchiveBuilder;

namespace LapeOps.Core.Tests.Statistics;

public sealed class CountsFileTests : IDisposable
{
    private readonly ArchiveBuilder _archives = new();

    public void Dispose() => _archives.Dispose();

    [Theory]
    [InlineData("n", "activation.en.train.llama-7b", "en", "llama-7b")]
    [InlineData("n", "activation.zh.train.v0.1.pth", "zh", "v0.1")]
    [InlineData("total_tokens", "activation.sw.Mistral-de76.pt", "sw", "Mistral-de76")]
    [InlineData("n", "activation.fr.pth", "fr", "")]
    [InlineData("n", "vi.counts.pth", "vi", "")]
    [InlineData("n", "id.PTH", "id", "")]
    public void A_dictionary_of_n_or_total_tokens_and_over_zero_is_a_language_and_the_name_says_which(string key, string name, string language, string model)
    {
        var statistics = CountsFile.Read([Counts(name, key, 10, [0, 1, 2, 3, 4, 10])]);
        Assert.Equal((2, 3, model, true), (statistics.Layers, statistics.Width, statistics.Identity.ModelName, statistics.Identity.Imported));
        var activation = Assert.Single(statistics.Activations);
        Assert.Equal((language, 10L, true), (activation.Language, activation.Tokens, activation.Complete));
        Assert.Equal([0L, 1, 2, 3, 4, 10], activation.OverZero.ToArray());
        Assert.Equal([0u, 1, 2, 3, 4, 10], activation.Blocks.ToArray());
    }

    [Fact]
    public void Prefix_counts_are_taken_off_and_names_can_be_given()
    {
        string[] paths = [Counts("prefix.b.pt", "n", 4, [0, 1, 0, 0, 0, 4]), Counts("b.pt", "n", 10, [0, 1, 2, 3, 4, 10]),
            Counts("a.pt", "n", 5, [1, 1, 1, 1, 1, 1]), Counts("prefix.a.pt", "n", 1, [1, 0, 0, 0, 0, 0])];
        var statistics = CountsFile.Read(paths);
        Assert.Equal(["b", "a"], statistics.Languages);
        Assert.Equal((6L, 4L), (statistics["b"].Tokens, statistics["a"].Tokens));
        Assert.Equal([0L, 0, 2, 3, 4, 6], statistics["b"].OverZero.ToArray());
        Assert.Equal(["zh", "fr"], CountsFile.Read(paths, ["zh", "fr"]).Languages);
    }

    [Fact]
    public void A_difference_that_rounding_moved_beyond_its_limit_is_set_to_it_and_told()
    {
        long[] full = [.. Enumerable.Repeat(5L, 1998), 2, 10], prefix = [.. Enumerable.Repeat(1L, 1998), 3, 0];
        var told = new List<string>();
        var statistics = CountsFile.Read([Counts("a.pt", "n", 10, full, [2, 1000]), Counts("prefix.a.pt", "n", 4, prefix, [2, 1000])], null, told.Add);
        Assert.Equal([4L, 0, 6], statistics["a"].OverZero.ToArray()[1997..]);
        Assert.StartsWith("2 differences", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void Int32_counts_and_several_languages_in_one_file_are_read()
    {
        var numbers = Enumerable.Range(0, 12).SelectMany(BitConverter.GetBytes).ToArray();
        var tensor = (int offset) => Tensor("0", 12, offset, [2, 3], [3, 1], "ctorch\nIntStorage\n");
        var pickle = Pickle($"}}({Text("en")}}}({Text("n")}{Int(20)}{Text("over_zero")}{tensor(0)}u{Text("zh")}}}({Text("n")}{Int(30)}{Text("over_zero")}{tensor(6)}uu");
        var statistics = CountsFile.Read([_archives.Zip(pickle, ("a/data/0", numbers))]);
        Assert.Equal(["en", "zh"], statistics.Languages);
        Assert.Equal([6L, 7, 8, 9, 10, 11], statistics["zh"].OverZero.ToArray());
        Assert.Equal(30, statistics["zh"].Tokens);
    }

    [Theory]
    [InlineData(CountsFormat.Official, "activation.zh.train.demo.pth")]
    [InlineData(CountsFormat.NjuNlp, "activation.zh.demo.pt")]
    public void What_is_written_is_read_again(CountsFormat format, string name)
    {
        using var folder = new TempFolder();
        var statistics = StatisticsSamples.Of(false, ("zh", 9, "a"), ("en-GB", 5, "b"));
        var files = CountsFile.Write(statistics, folder["counts"], format);
        Assert.Equal(folder[$"counts/{name}"], files[0]);
        AssertSame(CountsFile.Read(files));
        CountsFile.Write(statistics, folder["all.pth"], format);
        AssertSame(CountsFile.Read([folder["all.pth"]]));
        Assert.Equal("demo", CountsFile.Read(files).Identity.ModelName);

        void AssertSame(ActivationStatistics read)
        {
            Assert.Equal(statistics.Languages, read.Languages);
            foreach (var (expected, actual) in statistics.Activations.Zip(read.Activations))
            {
                Assert.Equal(expected.Tokens, actual.Tokens);
                Assert.Equal(expected.OverZero.ToArray(), actual.OverZero.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(3_000_000_000)]
    [InlineData(int.MaxValue)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65536)]
    public void Totals_of_every_length_are_written(long tokens)
    {
        using var folder = new TempFolder();
        var language = StatisticsSamples.Language("日本", 9, 9, "a", false) with { Tokens = tokens, OverZero = new long[6], Blocks = new uint[48] };
        var file = CountsFile.Write(new(StatisticsSamples.Identity(false), [language, language with { Language = "x" }]), folder["a.pth"])[0];
        using var archive = TorchArchive.Open(file);
        Assert.Equal(tokens, ((IReadOnlyDictionary<string, object?>)((IReadOnlyDictionary<string, object?>)archive.Root!)["日本"]!)["n"]);
    }

    [Fact]
    public void Imported_counts_are_kept_as_statistics_and_fit_any_model_of_their_shape()
    {
        using var folder = new TempFolder();
        var imported = CountsFile.Read([Counts("activation.en.train.m.pth", "n", 10, [0, 1, 2, 3, 4, 10])]);
        StatisticsFile.Write(folder["a.safetensors"], imported);
        var read = StatisticsFile.Read(folder["a.safetensors"]);
        Assert.True(read.Identity.Imported);
        Assert.Empty(read.Identity.DifferencesFrom(imported.Identity));
        read.RequireModel("any", "model", 2, 3);
        Assert.Equal("ModelMismatch", Assert.Throws<LapeException>(() => read.RequireModel("any", "model", 2, 4)).ErrorId);
        var more = CountsFile.Read([Counts("activation.zh.train.m.pth", "n", 10, [0, 1, 2, 3, 4, 9])]);
        Assert.Equal(["en", "zh"], StatisticsMerge.Merge([read, more]).Languages);
        var other = CountsFile.Read([Counts("activation.zh.train.other.pth", "n", 10, [0, 1, 2, 3, 4, 9])]);
        Assert.Contains("ModelName m and other", Assert.Throws<LapeException>(() => StatisticsMerge.Merge([read, other])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused()
    {
        var a = Counts("a.pt", "n", 10, [0, 1, 2, 3, 4, 6]);
        Refused("CountsMismatch", "prompts alone", Counts("prefix.a.pt", "n", 4, new long[6]));
        Refused("CountsMismatch", "prompts alone", a, Counts("prefix.c.pt", "n", 4, new long[6]), Counts("prefix.a.pt", "n", 4, new long[6]));
        Refused("CountsMismatch", "no file of prefix counts", a, Counts("prefix.a.pt", "n", 4, new long[6]), Counts("b.pt", "n", 4, new long[6]));
        Refused("CountsMismatch", "first file 2 x 3", a, Counts("b.pt", "n", 10, new long[6], [3, 2]));
        Refused("CountsMismatch", "twice", a, Counts("a.counts.pt", "n", 10, new long[6]));
        Refused("CountsMismatch", "of the models x and y", Counts("activation.a.x.pt", "n", 10, new long[6]), Counts("activation.b.y.pt", "n", 10, new long[6]));
        Refused("CountsFileInvalid", "prefix.a.pt", a, Counts("prefix.a.pt", "n", 10, new long[6]));
        Refused("CountsFileInvalid", "prefix.a.pt", a, Counts("prefix.a.pt", "n", 4, [1, 0, 0, 0, 0, 0]));
        Assert.Equal("CountsMismatch", Assert.Throws<LapeException>(() => CountsFile.Read([a], ["x", "y"])).ErrorId);
        Assert.Equal("CountsMismatch", Assert.Throws<LapeException>(() => CountsFile.Read([])).ErrorId);
        Assert.Equal("LanguageNameInvalid", Assert.Throws<LapeException>(() => CountsFile.Read([a], ["x/y"])).ErrorId);
    }

    [Fact]
    public void Files_without_counts_are_refused()
    {
        Refused("CountsFileInvalid", "above", Counts("a.pt", "n", 9, [0, 1, 2, 3, 4, 10]));
        Refused("CountsFileInvalid", "below", Counts("a.pt", "n", 9, [0, 1, 2, 3, 4, -1]));
        Refused("CountsFileInvalid", "no positive whole number", Counts("a.pt", "m", 9, new long[6]));
        Refused("CountsFileInvalid", "no positive whole number", Counts("a.pt", "n", 0, new long[6]));
        Refused("CountsFileInvalid", "layers x neurons", Counts("a.pt", "n", 9, new long[6], [6]));
        Refused("CountsFileInvalid", "not a dictionary", _archives.Zip(Pickle("]")));
        Refused("CountsFileInvalid", "more than it holds", _archives.Zip(Pickle("}")));
        Refused("CountsFileInvalid", "no over_zero", _archives.Zip(Pickle($"}}{Text("x")}{Int(1)}s")));
        var shared = string.Concat(Enumerable.Range(0, 900).Select(i => $"{Text($"l{i}")}}}({Text("n")}{Int(9)}{Text("over_zero")}{Tensor("0", 60_000, 0, [2, 30_000], [30_000, 1])}u"));
        Refused("CountsFileInvalid", "more than it holds", _archives.Zip(Pickle($"}}({shared}u"), ("a/data/0", new byte[480_000])));
    }

    private static void Refused(string errorId, string what, params string[] paths)
    {
        var refused = Assert.Throws<LapeException>(() => CountsFile.Read(paths));
        Assert.Equal(errorId, refused.ErrorId);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    private string Counts(string name, string key, int tokens, long[] counts, int[]? shape = null)
    {
        shape ??= [2, 3];
        var strides = shape.Length == 1 ? new[] { 1 } : [shape[1], 1];
        var pickle = Pickle($"}}({Text(key)}{Int(tokens)}{Text("over_zero")}{Tensor("0", counts.Length, 0, shape, strides)}u");
        return _archives.File(ZipBytes([("a/data.pkl", pickle), ("a/data/0", Longs(counts))]), name);
    }
}
