using System.Text.Json;
using LapeOps.GoldenRunner;

namespace LapeOps.Tokenization.Tests;

/// <summary>The ids of a text that is cut at seams, one part after another, are those of the whole.</summary>
public sealed class SeamTests
{
    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Gpt4o =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string ByteLevel = """{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}""";

    // What regular expressions, normalizers and added tokens tell apart, or join.
    private static readonly string[] Characters =
    [
        "a", "b", "S", "t", "re", "l", "é", "e\u0301", "\u0301", "ạ\u0307", "中", "文", "ｶ", "ﾞ", "한", "\u1100", "\u1161", "\u11A8", "ไ", "\u0E49", "क", "\u094D", "\u200D",
        "1", "2", "²", "٣", " ", " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u3000", "'", "’", ".", ",", "!", "-", "/", "\u2581", "😀", "👩\u200D👧", "𝒜", "\u0600",
        "<|endoftext|>", "<|im_", "start|>", "<s>", "</s>", "[x]", "[", "x", "]",
    ];

    public static TheoryData<string, bool> References => new()
    {
        { "qwen3", true }, { "smollm2", true }, { "opt-files", true }, { "unigram-small", true }, { "mistral-v0.1", false }, { "spbpe-small", false },
    };

    public static TheoryData<string?, string?, string?, bool> Parts => new()
    {
        { null, null, Sequence(TokenizerFile.Split(Llama3), ByteLevel), true },
        { """{"type": "NFKC"}""", null, Sequence(TokenizerFile.Split(Gpt4o), ByteLevel), true },
        { """{"type": "NFD"}""", null, Sequence(TokenizerFile.Split(Gpt4o, "Removed", invert: true), ByteLevel), true },
        { null, Added(strip: "lstrip"), """{"type": "ByteLevel", "add_prefix_space": false}""", true },
        { null, Added(strip: "rstrip"), """{"type": "ByteLevel", "add_prefix_space": false}""", true },
        { null, Added(strip: "single_word"), """{"type": "ByteLevel", "add_prefix_space": false}""", true },
        { null, null, Sequence("""{"type": "Digits", "individual_digits": true}""", Metaspace("first")), true },
        { """{"type": "Replace", "pattern": {"Regex": "a|\\d+ "}, "content": "zz"}""", Added(strip: "rstrip"), Metaspace("first"), true },
        { """{"type": "Strip"}""", null, Sequence("""{"type": "WhitespaceSplit"}""", Metaspace("always")), true },
        { null, null, """{"type": "BertPreTokenizer"}""", true },
        { null, null, """{"type": "Whitespace"}""", true },
        { null, null, TokenizerFile.Split(@"\s+(?=a)|\p{L}+(?!\d)|[^a]"), true },
        { null, null, TokenizerFile.Split(" ", "MergedWithPrevious", kind: "String"), false },
        { null, null, """{"type": "ByteLevel", "add_prefix_space": true}""", false },
        { null, null, """{"type": "FixedLength", "length": 3}""", false },
        { """{"type": "Prepend", "prepend": "a"}""", null, """{"type": "WhitespaceSplit"}""", false },
        { null, null, null, false },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void Reference_tokenizers_give_parts_the_ids_of_the_whole(string name, bool cuts)
    {
        var golden = Reference.Find("tokenizers", "golden*.jsonl").FirstOrDefault(g => Path.GetFileName(Path.GetDirectoryName(g)) == name);
        Assert.True(golden is not null || !Reference.Required, "CI needs ../shared, and there is none.");
        Assert.SkipUnless(golden is not null, "There is no ../shared beside the repository.");
        var tokenizer = TokenizerGolden.Open(Path.GetDirectoryName(golden)!);
        string[] texts = [.. File.ReadLines(golden).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)];
        HaveSameIds(tokenizer, [string.Concat(texts), string.Join('\n', texts), .. texts, .. Random(200)], cuts);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Other_parts_give_parts_of_texts_the_ids_of_the_whole(string? normalizer, string? added, string? preTokenizer, bool cuts)
    {
        var tokenizer = TokenizerFile.Load(TokenizerFile.OneTokenAPiece, preTokenizer, added, normalizer: normalizer);
        HaveSameIds(tokenizer, Random(1000), cuts);
    }

    private static void HaveSameIds(HuggingFaceTokenizer tokenizer, IEnumerable<string> texts, bool cuts)
    {
        var random = new Random(17);
        var seams = 0;
        foreach (var text in texts)
        {
            var whole = Tokens(tokenizer, text, 0);
            var parts = new List<(int, int, int)>();
            var held = "";
            var start = 0;
            for (int at = 0, length; at < text.Length; at += length)
            {
                length = Math.Min(random.Next(1, 60), text.Length - at);
                held += text.AsSpan(at, length).ToString();
                var seam = tokenizer.LastSeam(held);
                if (seam == 0)
                    continue;
                seams++;
                parts.AddRange(Tokens(tokenizer, held[..seam], start));
                (held, start) = (held[seam..], start + seam);
            }
            parts.AddRange(Tokens(tokenizer, held, start));
            Assert.Equal(whole, parts);
        }
        Assert.Equal(cuts, seams > 100);
        Assert.True(cuts || seams == 0);
    }

    // With the places that they come from, which tell the pieces even where all have one id.
    private static IEnumerable<(int Id, int Start, int End)> Tokens(HuggingFaceTokenizer tokenizer, string text, int start) =>
        tokenizer.EncodeToTokens(text, out _).Select(t => (t.Id, start + t.Offset.Start.Value, start + t.Offset.End.Value));

    private static IEnumerable<string> Random(int count)
    {
        var random = new Random(23);
        for (var i = 0; i < count; i++)
        {
            // Texts of few kinds of characters have those beside each other that a text of all would seldom have.
            var kinds = random.GetItems(Characters, random.Next(2, 12));
            yield return string.Concat(random.GetItems(kinds, random.Next(1, 200)));
        }
    }

    private static string Sequence(params string[] parts) => $$"""{"type": "Sequence", "pretokenizers": [{{string.Join(", ", parts)}}]}""";

    private static string Metaspace(string scheme) => $$"""{"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "{{scheme}}"}""";

    private static string Added(string strip) => $$"""[{"id": 1, "content": "[x]", "{{strip}}": true}, {"id": 2, "content": "re", "{{strip}}": true, "normalized": false}]""";
}
