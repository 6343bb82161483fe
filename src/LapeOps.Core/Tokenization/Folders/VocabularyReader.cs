using System.Text;
using LapeOps.Tokenization.Decoders;
using LapeOps.Tokenization.Models;
using LapeOps.Tokenization.Normalizers;
using LapeOps.Tokenization.PreTokenizers;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Folders;

/// <summary>Reads byte-level BPE from vocab.json and merges.txt, as GPT-2's, OPT's and Qwen2's folders have it.</summary>
internal static class VocabularyReader
{
    /// <summary>The file of the tokens and their ids.</summary>
    public const string FileName = "vocab.json";

    /// <summary>The file of the merges, one "a b" a line.</summary>
    public const string MergesName = "merges.txt";

    /// <summary>GPT-2's one special token, for folders that name none.</summary>
    private const string EndOfText = "<|endoftext|>";

    private const string Qwen2Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Reads and checks the files.</summary>
    public static TokenizerParts Read(FolderFiles files)
    {
        var root = files.Json(FileName)
            ?? throw new LapeException("TokenizerNotFound", $"{files.Path(FileName)}: there is no such file.");
        var merges = MergeLines(files);
        var settings = FolderSettings.Read(files);
        var (normalizer, preTokenizer) = Front(root, settings);
        var tokens = BpeReader.ReadVocabulary(root, root.Table());
        var model = new BpeModel(tokens, ReadMerges(files, merges, tokens), default);
        var added = settings.AddedTokens(tokens, []);
        if (added.Count == 0 && tokens.TryGetValue(EndOfText, out var end))
            added.Add(new(end, EndOfText, Special: true, Normalized: false, false, false, false));
        var vocabulary = TokenizerVocabulary.Of(
            root, model, [.. added.Select(t => t.Normalized ? t with { Pattern = normalizer.Apply(t.Content) } : t)]);
        return new(
            files.Path(FileName), files.Sha256, vocabulary, normalizer, preTokenizer,
            new(Around(settings.AddBegin, "bos_token"), Around(settings.AddEnd, "eos_token")), new ByteLevelDecoder());

        int[] Around(bool? asked, string role) => asked == true && settings.Role(role) is { } content
            ? [vocabulary.Id(content) ?? throw root.Invalid($"{role} {TokenizerSection.Quote(content)} has no id")]
            : [];
    }

    private static (Normalizer, PreTokenizer) Front(TokenizerSection root, FolderSettings settings) => settings.TokenizerClass switch
    {
        null or "GPT2Tokenizer" or "GPT2TokenizerFast" or "CodeGenTokenizer" or "CodeGenTokenizerFast" =>
            (Normalizer.None, new ByteLevelPreTokenizer(settings.AddPrefixSpace, useRegex: true)),
        "Qwen2Tokenizer" or "Qwen2TokenizerFast" => (
            new UnicodeNormalizer(NormalForm.C),
            new PreTokenizerSequence([SplitPreTokenizer.Isolating(Qwen2Pattern), new ByteLevelPreTokenizer(settings.AddPrefixSpace, useRegex: false)])),
        { } other => throw root.Unsupported($"the tokenizer_class {TokenizerSection.Quote(other)} without a tokenizer.json"),
    };

    private static string MergeLines(FolderFiles files)
    {
        var bytes = files.Bytes(MergesName) ?? throw new LapeException("TokenizerNotFound", $"{files.Path(MergesName)}: there is no such file.");
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            throw MergesSection(files).Invalid("it is not UTF-8");
        return Encoding.UTF8.GetString(bytes);
    }

    private static BpeMerges ReadMerges(FolderFiles files, string lines, Dictionary<string, int> tokens)
    {
        var reader = new BpeMergeReader(MergesSection(files), tokens, standIns: []);
        // Other line ends than these are parts of tokens.
        foreach (var line in lines.AsSpan().Split('\n'))
            if (lines.AsSpan(line).TrimEnd('\r') is { Length: > 0 } text)
                reader.AddWritten(text);
        return reader.ToMerges();
    }

    private static TokenizerSection MergesSection(FolderFiles files) => new(default, files.Path(MergesName), "");
}
