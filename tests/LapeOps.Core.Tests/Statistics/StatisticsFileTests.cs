using LapeOps.Formats;
using LapeOps.Statistics;

namespace LapeOps.Core.Tests.Statistics;

public sealed class StatisticsFileTests
{
    private const int Layers = 2, Width = 3, Hidden = 4;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_written_is_read_back_and_written_again_gives_the_same_bytes(bool sums)
    {
        using var folder = new TempFolder();
        var written = Statistics(sums);
        StatisticsFile.Write(folder["a.safetensors"], written);
        var read = StatisticsFile.Read(folder["a.safetensors"]);
        Assert.Empty(read.Identity.DifferencesFrom(written.Identity));
        Assert.Equal(written.Identity.ModelName, read.Identity.ModelName);
        Assert.Equal(["zh", "en-GB"], read.Languages);
        Assert.Equal((folder["a.safetensors"], false), (read.Path, read.Complete));
        foreach (var (expected, actual) in written.Activations.Zip(read.Activations))
        {
            Assert.Equal((expected.Rows, expected.GroupsCounted, expected.Tokens), (actual.Rows, actual.GroupsCounted, actual.Tokens));
            Assert.Equal(expected.OverZero.ToArray(), actual.OverZero.ToArray());
            Assert.Equal(expected.Blocks.ToArray(), actual.Blocks.ToArray());
            Assert.Equal(sums, actual.Sums is not null);
            Assert.Equal(expected.Sums?.Residual.ToArray(), actual.Sums?.Residual.ToArray());
            Assert.Equal(expected.Sums?.ActivationSquare.ToArray(), actual.Sums?.ActivationSquare.ToArray());
        }
        StatisticsFile.Write(folder["b.safetensors"], read);
        Assert.Equal(File.ReadAllBytes(folder["a.safetensors"]), File.ReadAllBytes(folder["b.safetensors"]));
    }

    [Fact]
    public void An_unknown_language_is_an_error_that_lists_the_known_ones()
    {
        var refused = Assert.Throws<LapeException>(() => Statistics(sums: false)["de"]);
        Assert.Equal("LanguageUnknown", refused.ErrorId);
        Assert.Contains("zh, en-GB", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", Layers, Width)]
    [InlineData("fingerprint", Layers + 1, Width)]
    [InlineData("fingerprint", Layers, Width + 1)]
    public void Another_model_or_shape_is_an_error_that_names_both(string fingerprint, int layers, int width)
    {
        var refused = Assert.Throws<LapeException>(() => Statistics(sums: false).RequireModel(fingerprint, "stranger", layers, width));
        Assert.Equal("ModelMismatch", refused.ErrorId);
        Assert.Contains("'demo'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'stranger'", refused.Message, StringComparison.Ordinal);
        Statistics(sums: false).RequireModel("fingerprint", "demo", Layers, Width);
    }

    [Fact]
    public void Identities_say_what_differs_and_ignore_the_folder_s_name()
    {
        var identity = Statistics(sums: false).Identity;
        Assert.Empty(identity.DifferencesFrom(identity with { ModelName = "moved", RowStart = [5, 6] }));
        Assert.Equal(["Context 16 and 32", "RowStart [5, 6] and []"], identity.DifferencesFrom(identity with { Context = 32, RowStart = [] }));
    }

    [Theory]
    [InlineData(7, "0 1 2 3 4 5 6")]
    [InlineData(8, "0 1 2 3 4 5 6 7")]
    [InlineData(10, "0 0 1 2 3 4 4 5 6 7")]
    [InlineData(16, "0 0 1 1 2 2 3 3 4 4 5 5 6 6 7 7")]
    public void Blocks_are_contiguous_eighths_of_the_groups(int groups, string expected) =>
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, groups).Select(group => LanguageActivation.BlockOf(group, groups))));

    public static TheoryData<string, string> Broken { get; } = new()
    {
        { "lapeops_statistics", "2" },
        { "lapeops_statistics", "" },
        { "identity", "" },
        { "identity", "null" },
        { "identity", "[]" },
        { "identity", "{}" },
        { "identity", """{ "Layers": -1 }""" },
        { "languages", "null" },
        { "languages", "[null]" },
        { "languages", "{}" },
        { "languages", """[{ "Language": "zh" }]""" },
        { "languages", """[{ "Language": "zh", "Rows": { "Groups": 0 } }]""" },
        { "identity", Identity.Replace("\"DType\": \"Float32\",", "", StringComparison.Ordinal) },
        { "identity", Identity.Replace("\"tokenizer\"", "null", StringComparison.Ordinal) },
        { "identity", Identity.Replace("\"text\"", "null", StringComparison.Ordinal) },
        { "identity", Identity.Replace("16", "-16", StringComparison.Ordinal) },
        { "identity", Identity.Replace("demo", "\\ud800", StringComparison.Ordinal) },
        { "identity", Identity.Replace("Layers", "\\ud800Layers", StringComparison.Ordinal) },
        { "languages", Language.Replace("\"a\"", "null", StringComparison.Ordinal) },
        { "languages", Language.Replace("28", "9223372036854775807", StringComparison.Ordinal) },
        { "languages", Language.Replace("28", "9223372036854775808", StringComparison.Ordinal) },
        { "languages", Language.Replace("500", "9223372036854775807", StringComparison.Ordinal) },
        { "languages", Language.Replace("500", "-1", StringComparison.Ordinal) },
        { "languages", Language.Replace("zh", "..", StringComparison.Ordinal) },
        { "languages", Language.Replace("zh", "../x", StringComparison.Ordinal) },
        { "languages", Language.Replace("zh", "..\\\\x", StringComparison.Ordinal) },
        { "languages", Language.Replace("\"CountedRows\": 6", "\"CountedRows\": -6", StringComparison.Ordinal) },
    };

    private const string Identity = """
        { "ModelFingerprint": "fingerprint", "ModelName": "demo", "TokenizerHash": "tokenizer", "Layers": 2, "Width": 3, "Hidden": 4, "Context": 16, "RowStart": [5, 6],
        "HoldOut": 8, "MaxTokens": 1000, "RowsPerGroup": 2, "Documents": "File", "DType": "Float32", "DeviceKind": "cpu", "Sums": false, "Version": "0.1.0", "TextField": "text" }
        """;

    private const string Language = """
        [{ "Language": "zh", "Rows": { "CorpusHash": "a", "TokensFound": 500, "TokensDropped": 4, "CountedRows": 6, "HeldOutRows": 1, "Groups": 3 }, "GroupsCounted": 3, "Tokens": 28 }]
        """;

    [Fact]
    public void Metadata_that_others_write_is_read()
    {
        using var folder = new TempFolder();
        SafetensorsWriter.Write(folder["a.safetensors"],
            [SafetensorsTensor.Of("zh/over_zero", new long[Layers * Width], Layers, Width), SafetensorsTensor.Of("zh/blocks", new uint[3 * Layers * Width], 3, Layers, Width)],
            new Dictionary<string, string> { ["lapeops_statistics"] = "1", ["identity"] = Identity, ["languages"] = Language });
        Assert.Equal(28, StatisticsFile.ReadCopy(folder["a.safetensors"])["zh"].Tokens);
    }

    [Theory, MemberData(nameof(Broken))]
    public void Metadata_that_is_broken_is_refused_with_the_file_s_name(string key, string value)
    {
        using var folder = new TempFolder();
        StatisticsFile.Write(folder["a.safetensors"], Statistics(sums: true));
        Dictionary<string, string> metadata;
        using (var file = SafetensorsFile.Open(folder["a.safetensors"]))
            metadata = new(file.Metadata);
        metadata[key] = value;
        AssertRefused(folder, metadata, "StatisticsInvalid");
    }

    [Fact]
    public void Another_safetensors_file_and_missing_arrays_are_refused()
    {
        using var folder = new TempFolder();
        AssertRefused(folder, [], "StatisticsInvalid");
        StatisticsFile.Write(folder["a.safetensors"], Statistics(sums: true));
        using (var file = SafetensorsFile.Open(folder["a.safetensors"]))
            AssertRefused(folder, new(file.Metadata), "TensorMissing", keepTensors: false);
    }

    private static void AssertRefused(TempFolder folder, Dictionary<string, string> metadata, string errorId, bool keepTensors = true)
    {
        var tensors = new List<SafetensorsTensor>();
        if (keepTensors && File.Exists(folder["a.safetensors"]))
        {
            using var file = SafetensorsFile.Open(folder["a.safetensors"]);
            var data = File.ReadAllBytes(folder["a.safetensors"]);
            var start = data.Length - file.Entries[^1].End;
            tensors.AddRange(file.Entries.Select(e => new SafetensorsTensor(e.Name, e.DType, e.Shape, data.AsMemory((int)(start + e.Begin), (int)e.Length))));
        }
        SafetensorsWriter.Write(folder["b.safetensors"], tensors, metadata);
        var refused = Assert.Throws<LapeException>(() => StatisticsFile.Read(folder["b.safetensors"]));
        Assert.Equal(errorId, refused.ErrorId);
        Assert.Contains(folder["b.safetensors"], refused.Message, StringComparison.Ordinal);
    }

    private static ActivationStatistics Statistics(bool sums)
    {
        var identity = new StatisticsIdentity("fingerprint", "demo", "tokenizer", Layers, Width, Hidden, 16, [5, 6], 8, 1000, 2, "File", "Float32", "cpu", sums, "0.1.0");
        return new(identity, [Language("zh", groups: 3, counted: 3), Language("en-GB", groups: 9, counted: 4)]);

        LanguageActivation Language(string name, int groups, int counted)
        {
            var random = new Random(groups);
            return new(name, new LanguageRows("hash of " + name, 500, 4, 2 * groups, 1, groups), counted, counted * 28,
                Many(Layers * Width, _ => random.NextInt64()), Many(LanguageActivation.BlockCount(groups) * Layers * Width, _ => (uint)random.Next()),
                sums ? new ActivationSums(Doubles(Layers * Width), Doubles(Layers * Width), Doubles(Layers * Width), Doubles(Layers * Hidden), Doubles(Layers)) : null);

            double[] Doubles(int count) => Many(count, _ => random.NextDouble());
        }

        static T[] Many<T>(int count, Func<int, T> make) => [.. Enumerable.Range(0, count).Select(make)];
    }
}
