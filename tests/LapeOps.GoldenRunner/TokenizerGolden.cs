using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using LapeOps.Tokenization;

namespace LapeOps.GoldenRunner;

/// <summary>Compares tokenizers with the reference: tokenizers/*/golden*.jsonl and the demo model's ids.</summary>
public static class TokenizerGolden
{
    private const int MostDifferences = 20;
    private const string Json = "tokenizer.json";
    private const string SentencePiece = "tokenizer.model";

    private static readonly string[] Sources = [Json, SentencePiece, "vocab.json"];
    private static readonly string[] SpecialPieces = ["<s>", "</s>", "<unk>", "<pad>"];

    /// <summary>Every golden file with each of the files that its folder's tokenizer can be read from.</summary>
    public static IReadOnlyList<(string GoldenFile, string Source)> Cases =>
        [.. Reference.Find("tokenizers", "golden*.jsonl").SelectMany(golden => Sources.Where(source => Has(golden, source)).Select(source => (golden, source)))];

    /// <summary>Runs a case.</summary>
    public static Verdict Run(string goldenFile, string source) =>
        Verdict.Of("tokenizers", FolderName(goldenFile), source, () => Differences(goldenFile, source).Take(MostDifferences));

    /// <summary>Runs all cases and prints what came out; the exit code.</summary>
    public static int RunAll()
    {
        var passed = 0;
        foreach (var (goldenFile, source) in Cases)
        {
            var verdict = Run(goldenFile, source);
            passed += verdict.Outcome == Outcome.Passed ? 1 : 0;
            Console.WriteLine($"{verdict.Outcome} {FolderName(goldenFile)} {source} {verdict.Message}");
        }
        var invariant = AppContext.TryGetSwitch("System.Globalization.Invariant", out var isSet) && isSet
            || Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") == "1";
        Console.WriteLine($"{passed} of {Cases.Count} passed {(invariant ? "without" : "with")} globalization");
        return passed == Cases.Count ? 0 : 1;
    }

    /// <summary>A line a difference between the golden file and the tokenizer of its folder, read from one of its files.</summary>
    public static IEnumerable<string> Differences(string goldenFile, string source)
    {
        var folder = Path.GetDirectoryName(goldenFile)!;
        var tokenizer = source == Json ? Open(folder) : HuggingFaceTokenizer.LoadFolder(folder);
        if (source != Json && Path.GetFileName(tokenizer.File) != source)
            yield return $"{folder}: read from {tokenizer.File}, not from {source}";
        foreach (var line in File.ReadLines(goldenFile))
        {
            using var golden = JsonDocument.Parse(line);
            foreach (var difference in Differences(tokenizer, golden.RootElement, source))
                yield return difference;
        }
    }

    private static IEnumerable<string> Differences(HuggingFaceTokenizer tokenizer, JsonElement golden, string source)
    {
        var text = golden.GetProperty("text").GetString()!;
        int[] ids = Ids(golden, "ids"), special = Ids(golden, "ids_special");
        var quoted = JsonSerializer.Serialize(text.Length < 80 ? text : text[..80]);
        // SentencePiece's own ids hold where they differ for another reason than a special piece in the text.
        var own = source == SentencePiece && golden.TryGetProperty("ids_model", out _) && !SpecialPieces.Any(text.Contains);
        return new[]
        {
            Compare($"{quoted} ids", own ? Ids(golden, "ids_model") : ids, tokenizer.Encode(text, addSpecialTokens: false)),
            own ? null : Compare($"{quoted} ids_special", special, tokenizer.Encode(text, addSpecialTokens: true)),
            Compare($"{quoted} decoded", golden.GetProperty("decoded").GetString()!, tokenizer.Decode(ids, skipSpecialTokens: false)),
            Compare($"{quoted} decoded_skip", golden.GetProperty("decoded_skip").GetString()!, tokenizer.Decode(special, skipSpecialTokens: true)),
            Compare($"{quoted} streamed", tokenizer.Decode(ids, skipSpecialTokens: false), Stream(tokenizer, ids)),
        }.OfType<string>();
    }

    /// <summary>A line a difference between a model folder's golden.json, golden.safetensors and texts, and its tokenizer.</summary>
    public static IEnumerable<string> ModelDifferences(string folder)
    {
        var tokenizer = HuggingFaceTokenizer.Load(Path.Combine(folder, "tokenizer.json"));
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
        foreach (var prompt in golden.RootElement.GetProperty("prompts").EnumerateArray())
        {
            var text = prompt.GetProperty("text").GetString()!;
            if (Compare($"{text} ids", Ids(prompt, "ids"), tokenizer.Encode(text, addSpecialTokens: false)) is { } difference)
                yield return difference;
            if (Compare($"{text} input_ids", Ids(prompt, "input_ids"), tokenizer.Encode(text, addSpecialTokens: true)) is { } differenceSpecial)
                yield return differenceSpecial;
        }
        var context = golden.RootElement.GetProperty("context").GetInt32();
        var languages = golden.RootElement.GetProperty("languages").EnumerateArray().Select(l => l.GetString()!).ToArray();
        var rows = Rows(Path.Combine(folder, "golden.safetensors"), languages.Length * context);
        for (var i = 0; i < languages.Length; i++)
        {
            var ids = tokenizer.Encode(File.ReadAllText(Path.Combine(folder, "texts", $"{languages[i]}.txt")), addSpecialTokens: false);
            int[] row = [.. tokenizer.RowStart, .. ids];
            if (Compare($"row {languages[i]}", rows[(i * context)..((i + 1) * context)], row[..context]) is { } difference)
                yield return difference;
        }
    }

    private static bool Has(string goldenFile, string source)
    {
        var path = Path.Combine(Path.GetDirectoryName(goldenFile)!, source);
        return File.Exists(path) || File.Exists(path + ".gz");
    }

    private static string FolderName(string goldenFile) => Path.GetFileName(Path.GetDirectoryName(goldenFile)!);

    /// <summary>The tokenizer of a folder, whose tokenizer.json may be packed.</summary>
    public static HuggingFaceTokenizer Open(string folder)
    {
        var packed = Path.Combine(folder, "tokenizer.json.gz");
        if (!File.Exists(packed))
            return HuggingFaceTokenizer.LoadFolder(folder);
        var path = Path.GetTempFileName();
        try
        {
            using (var input = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress))
            using (var output = File.Create(path))
                input.CopyTo(output);
            return HuggingFaceTokenizer.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int[] Ids(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    private static string Stream(HuggingFaceTokenizer tokenizer, int[] ids)
    {
        var decoder = tokenizer.StreamDecoder(skipSpecialTokens: false);
        return string.Concat(ids.Select(decoder.Push)) + decoder.Flush();
    }

    private static string? Compare(string what, int[] expected, int[] actual) => expected.AsSpan().SequenceEqual(actual)
        ? null
        : $"{what}: expected {string.Join(' ', expected.Take(40))}, not {string.Join(' ', actual.Take(40))}";

    private static string? Compare(string what, string expected, string actual) => expected == actual
        ? null
        : $"{what}: expected {JsonSerializer.Serialize(expected)}, not {JsonSerializer.Serialize(actual)}";

    /// <summary>The tensor rows, [languages, context] of int64.</summary>
    private static int[] Rows(string safetensors, int count)
    {
        var bytes = File.ReadAllBytes(safetensors).AsSpan();
        var headerLength = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        using var header = JsonDocument.Parse(bytes.Slice(8, headerLength).ToArray());
        var start = 8 + headerLength + header.RootElement.GetProperty("rows").GetProperty("data_offsets")[0].GetInt32();
        var rows = new int[count];
        for (var i = 0; i < count; i++)
            rows[i] = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes[(start + 8 * i)..]));
        return rows;
    }
}
