using System.IO.Compression;
using System.Text;
using LapeOps.Fuzz.Mutations;
using LapeOps.Tokenization;

namespace LapeOps.Fuzz.Targets;

/// <summary>tokenizer.json, and what a tokenizer then makes of texts and ids.</summary>
internal sealed class TokenizerTarget : Target
{
    private static readonly string[] _texts =
    [
        "", "ab abc  a\n<s>b</s>", "Der Text\tist 123.456 kurz, it's 'done' — «ja»!", "e\u0301\u0301 ﬁ Ⅷ 한국어 日本語テキスト \ud83d\ude00\u200d\ud83d\udd25", "\ud800 a \udc00\0\ufffd\r\n", new('a', 300),
    ];

    public override string Name => "tokenizer";

    public override string FileName => "tokenizer.json";

    public override IEnumerable<byte[]> Seeds(string folder)
    {
        foreach (var file in TokenizerSeeds.Files)
            yield return Encoding.UTF8.GetBytes(file);
        foreach (var path in References("tokenizer.json", 500_000))
            yield return File.ReadAllBytes(path);
        foreach (var path in References("tokenizer.json.gz", 250_000))
            yield return Unpacked(path);
    }

    public override byte[] Mutate(byte[] input, byte[] other, Random random) =>
        random.Next(8) == 0 ? ByteMutator.Mutate(input, other, random) : JsonMutator.Mutate(input, random);

    protected override IEnumerable<Action> Reads(string path)
    {
        HuggingFaceTokenizer? tokenizer = null;
        yield return () => tokenizer = HuggingFaceTokenizer.Load(path);
        if (tokenizer is null)
            yield break;
        yield return () => Use(tokenizer);
    }

    private static void Use(HuggingFaceTokenizer tokenizer)
    {
        _ = tokenizer.Sha256;
        _ = tokenizer.RowStart;
        foreach (var text in _texts)
        {
            var ids = tokenizer.Encode(text, addSpecialTokens: true);
            tokenizer.Decode(ids, skipSpecialTokens: true);
            tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false), skipSpecialTokens: false);
            tokenizer.EncodeToTokens(text, out _);
        }
        tokenizer.Decode([.. Enumerable.Range(-2, 300), int.MaxValue, int.MinValue], skipSpecialTokens: false);
    }

    private static byte[] Unpacked(string path)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
