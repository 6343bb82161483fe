using System.Security.Cryptography;
using System.Text.Json;
using LapeOps.Tokenization.Decoders;
using LapeOps.Tokenization.Models;
using LapeOps.Tokenization.Normalizers;
using LapeOps.Tokenization.PreTokenizers;

namespace LapeOps.Tokenization;

/// <summary>The parts of a tokenizer, checked against each other.</summary>
/// <param name="File">The file, for errors.</param>
/// <param name="Sha256">SHA-256 of its bytes in lower-case hexadecimal.</param>
/// <param name="Tokens">The token of every id.</param>
/// <param name="Ids">The id of every token, those of the added tokens included.</param>
/// <param name="AddedTokens">The added tokens.</param>
/// <param name="Normalizer">Rewrites text before it is cut.</param>
/// <param name="PreTokenizer">Cuts text into pieces.</param>
/// <param name="Model">The model.</param>
/// <param name="PostProcessor">What special tokens go around a text.</param>
/// <param name="Decoder">The way back.</param>
internal sealed record TokenizerParts(
    string File,
    string Sha256,
    string[] Tokens,
    Dictionary<string, int> Ids,
    IReadOnlyList<AddedToken> AddedTokens,
    Normalizer Normalizer,
    PreTokenizer PreTokenizer,
    TokenModel Model,
    PostProcessor PostProcessor,
    TokenDecoder Decoder);

/// <summary>Reads a tokenizer.json.</summary>
internal static class TokenizerReader
{
    private const long LargestFile = 256L << 20;

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="LapeException">TokenizerNotFound, TokenizerInvalid or TokenizerUnsupported.</exception>
    public static TokenizerParts Read(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
            throw new LapeException("TokenizerNotFound", $"{path}: there is no such file. A model's folder needs its tokenizer.json.");
        if (info.Length > LargestFile)
            throw new LapeException("TokenizerInvalid", $"{path}: {info.Length:N0} bytes are too many for a tokenizer.json.");
        var bytes = File.ReadAllBytes(path);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new LapeException("TokenizerInvalid", $"{path}: it holds no JSON object.");
            return Read(new(document.RootElement, path, ""), path, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (JsonException e)
        {
            throw new LapeException(
                "TokenizerInvalid", $"{path}: it is no valid JSON ({e.Message}). Take the file as its publisher gives it.", e);
        }
    }

    private static TokenizerParts Read(TokenizerSection root, string path, string sha256)
    {
        var model = TokenModel.Read(root.Section("model") ?? throw root.Invalid("model is missing"));
        var normalizer = root.Section("normalizer") is { } section ? Normalizer.Read(section) : Normalizer.None;
        var added = root.Sections("added_tokens").Select(AddedToken.Read)
            .Select(t => t.Normalized ? t with { Pattern = normalizer.Apply(t.Content) } : t).ToList();
        var ids = AllIds(root, model, added);
        return new(
            path,
            sha256,
            TokensById(root, ids),
            ids,
            added,
            normalizer,
            root.Section("pre_tokenizer") is { } preTokenizer ? PreTokenizer.Read(preTokenizer) : PreTokenizer.None,
            model,
            root.Section("post_processor") is { } processor
                ? PostProcessor.Read(processor, content => ids.TryGetValue(content, out var id) ? id : null)
                : PostProcessor.None,
            root.Section("decoder") is { } decoder ? TokenDecoder.Read(decoder) : TokenDecoder.Default);
    }

    private static Dictionary<string, int> AllIds(TokenizerSection root, TokenModel model, List<AddedToken> added)
    {
        var ids = new Dictionary<string, int>(model.Vocabulary);
        var contents = new HashSet<string>();
        foreach (var token in added)
        {
            if (!contents.Add(token.Content))
                throw root.Invalid($"added_tokens has {TokenizerSection.Quote(token.Content)} twice");
            if (!ids.TryAdd(token.Content, token.Id) && ids[token.Content] != token.Id)
                throw root.Invalid(
                    $"{TokenizerSection.Quote(token.Content)} has the id {ids[token.Content]} in vocab and {token.Id} in added_tokens");
        }
        return ids;
    }

    /// <summary>The inverse of <paramref name="ids"/>, which has to number the tokens from 0 on without holes.</summary>
    private static string[] TokensById(TokenizerSection root, Dictionary<string, int> ids)
    {
        var tokens = new string[ids.Count];
        foreach (var (token, id) in ids)
        {
            if (id >= tokens.Length)
                throw root.Invalid(
                    $"{TokenizerSection.Quote(token)} has the id {id}, but there are only {tokens.Length} tokens: "
                    + "ids are missing or repeated below it");
            if (tokens[id] is { } other)
                throw root.Invalid($"{TokenizerSection.Quote(other)} and {TokenizerSection.Quote(token)} have the same id {id}");
            tokens[id] = token;
        }
        return tokens;
    }
}
