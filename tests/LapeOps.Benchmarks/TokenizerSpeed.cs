using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using LapeOps.Tokenization;

namespace LapeOps.Benchmarks;

/// <summary>Megabytes of UTF-8 a second on the Universal Declaration of Human Rights in all its languages, each time by a tokenizer that has seen nothing.</summary>
internal static class TokenizerSpeed
{
    private const int Rounds = 7, Entries = 260_000, AddedTokens = 6_000;

    /// <param name="reference">shared/reference.</param>
    public static IEnumerable<Figure> Measure(string reference)
    {
        var folder = Directory.CreateTempSubdirectory("lapeops-benchmark-").FullName;
        try
        {
            string[] texts = [.. Directory.GetFiles(Path.Combine(reference, "udhr"), "*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText)];
            var text = string.Concat(texts);
            var megabytes = Encoding.UTF8.GetByteCount(text) / 1e6;
            // The longest first and one by one, so that threads end together.
            var documents = Partitioner.Create(texts.OrderByDescending(t => t.Length), EnumerablePartitionerOptions.NoBuffering);
            var threads = new ParallelOptions { MaxDegreeOfParallelism = 2 };
            foreach (var name in new[] { "mistral-v0.1", "qwen3", "smollm2" })
            {
                var file = Unpack(Path.Combine(reference, "tokenizers", name, "tokenizer.json.gz"), Path.Combine(folder, name + ".json"));
                var times = Seconds(file,
                    tokenizer => tokenizer.Encode(text, addSpecialTokens: false),
                    tokenizer => Parallel.ForEach(documents, threads, document => tokenizer.Encode(document, addSpecialTokens: false)));
                yield return new Figure($"tokenizing, {name}", megabytes / Clock.Median(times[0]), " MB/s", 3, AtMost: false, $"{Figure.Number(megabytes)} MB, one thread");
                yield return new Figure($"tokenizing, {name}, two threads over one", Clock.Median(times[0].Zip(times[1], (one, two) => one / two)), "", 2, AtMost: false,
                    $"{Figure.Number(megabytes / Clock.Median(times[1]))} MB/s");
                var letters = string.Concat(text.Where(char.IsLetter));
                var solid = string.Concat(Enumerable.Repeat(letters, (1_000_000 / letters.Length) + 1))[..1_000_000];
                yield return new Figure($"a million letters without a space, {name}", Clock.Median(Seconds(file, tokenizer => tokenizer.Encode(solid, addSpecialTokens: false))[0]), " s", 2, AtMost: true, "");
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

    // Every time by a tokenizer just loaded; as many rounds before them let .NET compile anew what is used much.
    private static double[][] Seconds(string file, params Action<HuggingFaceTokenizer>[] encode) => Clock.Interleaved(Rounds, warming: Rounds, () =>
    {
        var tokenizer = HuggingFaceTokenizer.Load(file);
        GC.Collect(); // what loading leaves
        return tokenizer;
    }, encode);

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
