using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using LapeOps.Tokenization;

namespace LapeOps.Benchmarks;

/// <summary>Megabytes of UTF-8 a second on the Universal Declaration of Human Rights in all its languages, each time by a tokenizer that has seen nothing.</summary>
internal static class TokenizerSpeed
{
    private const int Rounds = 5, Entries = 260_000, AddedTokens = 6_000;

    /// <param name="reference">shared/reference.</param>
    public static IEnumerable<Figure> Measure(string reference)
    {
        var folder = Directory.CreateTempSubdirectory("lapeops-benchmark-").FullName;
        try
        {
            var text = string.Concat(Directory.GetFiles(Path.Combine(reference, "udhr"), "*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText));
            var megabytes = Encoding.UTF8.GetByteCount(text) / 1e6;
            var halves = new[] { text[..(text.Length / 2)], text[(text.Length / 2)..] };
            foreach (var name in new[] { "mistral-v0.1", "qwen3", "smollm2" })
            {
                var file = Unpack(Path.Combine(reference, "tokenizers", name, "tokenizer.json.gz"), Path.Combine(folder, name + ".json"));
                Rate(file, tokenizer => tokenizer.Encode(text, addSpecialTokens: false));
                var one = megabytes / Rate(file, tokenizer => tokenizer.Encode(text, addSpecialTokens: false));
                var two = megabytes / Rate(file, tokenizer => Parallel.ForEach(halves, half => tokenizer.Encode(half, addSpecialTokens: false)));
                yield return new Figure($"tokenizing, {name}", one, " MB/s", 3, AtMost: false, $"{Figure.Number(megabytes)} MB, one thread");
                yield return new Figure($"tokenizing, {name}, two threads", two / one, "", 2, AtMost: false, $"{Figure.Number(two)} MB/s");
                var letters = string.Concat(text.Where(char.IsLetter));
                var solid = string.Concat(Enumerable.Repeat(letters, (1_000_000 / letters.Length) + 1))[..1_000_000];
                yield return new Figure($"a million letters without a space, {name}", Rate(file, tokenizer => tokenizer.Encode(solid, addSpecialTokens: false)), " s", 2, AtMost: true, "");
            }
            var large = Large(Path.Combine(folder, "large.json"));
            HuggingFaceTokenizer.Load(large);
            yield return new Figure($"opening {Entries:N0} entries, {AddedTokens:N0} added", Clock.Median(Clock.Interleaved(Rounds, () => HuggingFaceTokenizer.Load(large))[0]), " s", 0.5, AtMost: true, "");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Rate(string file, Action<HuggingFaceTokenizer> encode) => Clock.Median(Enumerable.Range(0, Rounds).Select(_ =>
    {
        var tokenizer = HuggingFaceTokenizer.Load(file);
        GC.Collect(); // what loading leaves
        return Clock.Seconds(() => encode(tokenizer));
    }));

    private static string Unpack(string packed, string path)
    {
        using var from = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress);
        using var to = File.Create(path);
        from.CopyTo(to);
        return path;
    }

    // A byte-level BPE as large as those of current models: letters, their pairs, triples and so on, and added tokens behind them.
    private static string Large(string path)
    {
        var vocabulary = new JsonObject();
        var merges = new JsonArray();
        var tokens = Enumerable.Range('a', 26).Select(c => ((char)c).ToString()).ToList();
        foreach (var letter in tokens)
            vocabulary[letter] = vocabulary.Count;
        for (var i = 0; vocabulary.Count < Entries; i++)
            for (var letter = 0; letter < 26 && vocabulary.Count < Entries; letter++)
            {
                var token = tokens[i] + tokens[letter];
                merges.Add($"{tokens[i]} {tokens[letter]}");
                vocabulary[token] = vocabulary.Count;
                tokens.Add(token);
            }
        var added = new JsonArray([.. Enumerable.Range(0, AddedTokens).Select(i => (JsonNode)new JsonObject { ["id"] = Entries + i, ["content"] = $"<unused{i}>", ["special"] = true })]);
        File.WriteAllText(path, new JsonObject
        {
            ["added_tokens"] = added,
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = merges },
        }.ToJsonString());
        return path;
    }
}
