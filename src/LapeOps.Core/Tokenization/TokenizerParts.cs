using LapeOps.Tokenization.Decoders;
using LapeOps.Tokenization.Models;
using LapeOps.Tokenization.Normalizers;
using LapeOps.Tokenization.PreTokenizers;

namespace LapeOps.Tokenization;

/// <summary>The parts of a tokenizer, checked against each other.</summary>
/// <param name="File">The file, for errors.</param>
/// <param name="Sha256">SHA-256 of what it was read from, in lower-case hexadecimal.</param>
/// <param name="Vocabulary">The tokens.</param>
/// <param name="Normalizer">Rewrites text before it is cut.</param>
/// <param name="PreTokenizer">Cuts text into pieces.</param>
/// <param name="PostProcessor">What special tokens go around a text.</param>
/// <param name="Decoder">The way back.</param>
internal sealed record TokenizerParts(
    string File,
    Lazy<string> Sha256,
    TokenizerVocabulary Vocabulary,
    Normalizer Normalizer,
    PreTokenizer PreTokenizer,
    PostProcessor PostProcessor,
    TokenDecoder Decoder);

/// <summary>The tokens of a model and those added to it, numbered from 0 on without holes.</summary>
internal sealed class TokenizerVocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly string[] _tokens;
    private readonly string[] _written;
    private readonly HashSet<int> _special;

    private TokenizerVocabulary(TokenModel model, IReadOnlyList<AddedToken> added, Dictionary<string, int> ids, string[] tokens)
    {
        Model = model;
        Added = added;
        _ids = ids;
        _tokens = tokens;
        _special = [.. added.Where(t => t.Special).Select(t => t.Id)];
        _written = tokens;
        if (added.Any(t => t.Pattern != t.Content))
        {
            _written = [.. tokens];
            foreach (var token in added)
                _written[token.Id] = token.Pattern;
        }
    }

    /// <summary>The model.</summary>
    public TokenModel Model { get; }

    /// <summary>The added tokens.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>The highest id + 1.</summary>
    public int Count => _tokens.Length;

    /// <summary>Checks that the tokens have different ids from 0 on.</summary>
    /// <exception cref="LapeException">TokenizerInvalid.</exception>
    public static TokenizerVocabulary Of(TokenizerSection root, TokenModel model, IReadOnlyList<AddedToken> added)
    {
        var ids = AllIds(root, model, added);
        return new(model, added, ids, TokensById(root, ids));
    }

    /// <summary>The token of an id; null where there is none.</summary>
    public string? Token(int id) => id >= 0 && id < _tokens.Length ? _tokens[id] : null;

    /// <summary>The token of an id as decoders take it, an added one in the form that is looked for in text; null where there is none.</summary>
    public string? Written(int id) => id >= 0 && id < _written.Length ? _written[id] : null;

    /// <summary>The id of a token; null where there is none.</summary>
    public int? Id(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>Whether the id is that of a special token.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    private static Dictionary<string, int> AllIds(TokenizerSection root, TokenModel model, IReadOnlyList<AddedToken> added)
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

    /// <summary>The inverse of <paramref name="ids"/>.</summary>
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
