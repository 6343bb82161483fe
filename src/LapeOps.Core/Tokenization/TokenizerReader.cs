using LapeOps.Tokenization.Decoders;
using LapeOps.Tokenization.Folders;
using LapeOps.Tokenization.Models;
using LapeOps.Tokenization.Normalizers;
using LapeOps.Tokenization.PreTokenizers;

namespace LapeOps.Tokenization;

/// <summary>Reads a tokenizer.json.</summary>
internal static class TokenizerReader
{
    /// <summary>The file in a model's folder.</summary>
    public const string FileName = "tokenizer.json";

    /// <summary>Reads and checks a file of a folder.</summary>
    /// <exception cref="LapeException">TokenizerNotFound, TokenizerInvalid, TokenizerUnsupported or TokenizerUnreadable.</exception>
    public static TokenizerParts Read(FolderFiles files, string name)
    {
        var root = files.Json(name)
            ?? throw new LapeException("TokenizerNotFound", $"{files.Path(name)}: there is no such file. A model's folder needs its tokenizer.json.");
        var normalizer = root.Section("normalizer") is { } normalizerSection ? Normalizer.Read(normalizerSection) : Normalizer.None;
        var vocabulary = TokenizerVocabulary.Of(
            root,
            TokenModel.Read(root.Section("model") ?? throw root.Invalid("model is missing")),
            [.. root.Sections("added_tokens").Select(s => AddedToken.Read(s, s.Id("id"))).Select(token => Normalized(token, normalizer))]);
        return new(
            files.Path(name),
            files.Sha256,
            vocabulary,
            normalizer,
            root.Section("pre_tokenizer") is { } preTokenizer ? PreTokenizer.Read(preTokenizer) : PreTokenizer.None,
            root.Section("post_processor") is { } processor ? PostProcessor.Read(processor, vocabulary.Id) : PostProcessor.None,
            root.Section("decoder") is { } decoder ? TokenDecoder.Read(decoder) : TokenDecoder.Default);
    }

    private static AddedToken Normalized(AddedToken token, Normalizer normalizer) =>
        token.Normalized ? token with { Pattern = normalizer.Apply(token.Content) } : token;
}
