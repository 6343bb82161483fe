using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using LapeOps.Tokenization;

namespace LapeOps.GoldenRunner;

/// <summary>Compares tokenizers with the reference: tokenizers/*/golden*.jsonl and the demo model's ids.</summary>
public static class TokenizerGolden
{
    private const int MostDifferences = 20;

    /// <summary>Every golden file of every tokenizer's folder.</summary>
    public static IReadOnlyList<string> Files => Reference.Find("tokenizers", "golden*.jsonl");

    /// <summary>Runs a golden file.</summary>
    public static Verdict Run(string goldenFile) =>
        Verdict.Of("tokenizers", FolderName(goldenFile), Path.GetFileName(goldenFile), () => Differences(goldenFile).Take(MostDifferences));

    /// <summary>A line a difference between the golden file and the tokenizer of its folder.</summary>
    public static IEnumerable<string> Differences(string goldenFile)
    {
        var tokenizer = Load(Path.GetDirectoryName(goldenFile)!);
        foreach (var line in File.ReadLines(goldenFile))
        {
            using var golden = JsonDocument.Parse(line);
            var text = golden.RootElement.GetProperty("text").GetString()!;
            int[] ids = Ids(golden.RootElement, "ids"), special = Ids(golden.RootElement, "ids_special");
            var quoted = JsonSerializer.Serialize(text.Length < 80 ? text : text[..80]);
            foreach (var difference in new[]
            {
                Compare($"{quoted} ids", ids, tokenizer.Encode(text, addSpecialTokens: false)),
                Compare($"{quoted} ids_special", special, tokenizer.Encode(text, addSpecialTokens: true)),
                Compare($"{quoted} decoded", golden.RootElement.GetProperty("decoded").GetString()!, tokenizer.Decode(ids, skipSpecialTokens: false)),
                Compare($"{quoted} decoded_skip", golden.RootElement.GetProperty("decoded_skip").GetString()!, tokenizer.Decode(special, skipSpecialTokens: true)),
                Compare($"{quoted} streamed", tokenizer.Decode(ids, skipSpecialTokens: false), Stream(tokenizer, ids)),
            })
                if (difference is not null)
                    yield return difference;
        }
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

    private static string FolderName(string goldenFile) => Path.GetFileName(Path.GetDirectoryName(goldenFile)!);

    private static HuggingFaceTokenizer Load(string folder)
    {
        var packed = Path.Combine(folder, "tokenizer.json.gz");
        if (!File.Exists(packed))
            return HuggingFaceTokenizer.Load(Path.Combine(folder, "tokenizer.json"));
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
