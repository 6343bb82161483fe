using System.Globalization;
using System.Text.Json;

namespace LapeOps.Tokenization.Folders;

/// <summary>
/// What a folder without a tokenizer.json says beside the vocabulary: tokenizer_config.json, special_tokens_map.json and added_tokens.json,
/// each of which may be absent.
/// </summary>
internal sealed class FolderSettings
{
    private static readonly string[] Roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly Dictionary<string, string> _roles = [];
    private readonly Dictionary<string, AddedToken> _special = [];
    private readonly List<AddedToken> _added = [];
    private readonly TokenizerSection? _config;

    private FolderSettings(TokenizerSection? config, TokenizerSection? map, TokenizerSection? added)
    {
        _config = config;
        foreach (var section in new[] { config, map })
            if (section is not null)
                ReadSpecial(section);
        if (added is not null)
            foreach (var entry in added.Element.EnumerateObject())
                _added.Add(new(added.Id(entry.Value, entry.Name), entry.Name, Special: false, Normalized: false, false, false, false));
        if (config?.Section("added_tokens_decoder") is { } decoder)
            foreach (var entry in decoder.Element.EnumerateObject())
                ReadAdded(decoder, entry.Name);
    }

    /// <summary>The class of transformers that the folder is for; null where it does not say.</summary>
    public string? TokenizerClass => _config?.OptionalText("tokenizer_class");

    /// <summary>Whether a space goes before the text.</summary>
    public bool AddPrefixSpace => _config?.Flag("add_prefix_space", absent: false) ?? false;

    /// <summary>Whether the token that begins a text is added; null where the folder does not say.</summary>
    public bool? AddBegin => Flag("add_bos_token");

    /// <summary>Whether the token that ends a text is added; null where the folder does not say.</summary>
    public bool? AddEnd => Flag("add_eos_token");

    /// <summary>Reads the files of a folder.</summary>
    public static FolderSettings Read(FolderFiles files) => new(
        files.Json("tokenizer_config.json"), files.Json("special_tokens_map.json"), files.Json("added_tokens.json"));

    /// <summary>The content of a special token by its role (bos_token ..); null where there is none.</summary>
    public string? Role(string name) => _roles.GetValueOrDefault(name);

    /// <summary>
    /// The added tokens: those with ids of their own, those of <paramref name="known"/> (by content), and the special tokens that are in the
    /// vocabulary. One that no vocabulary has is none: a model has no row for it.
    /// </summary>
    public List<AddedToken> AddedTokens(IReadOnlyDictionary<string, int> vocabulary, IEnumerable<AddedToken> known)
    {
        var tokens = new Dictionary<string, AddedToken>();
        foreach (var token in _added.Concat(known))
            tokens.TryAdd(token.Content, _special.ContainsKey(token.Content) ? token with { Special = true } : token);
        foreach (var (content, token) in _special)
            if (vocabulary.TryGetValue(content, out var id))
                tokens.TryAdd(content, token with { Id = id });
        return [.. tokens.Values];
    }

    private bool? Flag(string name) => _config?.Value(name) is null ? null : _config.Flag(name, absent: false);

    private void ReadSpecial(TokenizerSection section)
    {
        foreach (var role in Roles)
            if (section.Value(role) is { } value && Token(section, value, role) is { } token)
            {
                _roles[role] = token.Content;
                _special[token.Content] = token;
            }
        foreach (var item in section.Items("additional_special_tokens"))
            if (Token(section, item, "additional_special_tokens") is { } token)
                _special[token.Content] = token;
    }

    /// <summary>A special token as a text, or as an object with flags; null for the empty text.</summary>
    private static AddedToken? Token(TokenizerSection section, JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return section.String(value, name) is { Length: > 0 } text ? new(0, text, Special: true, Normalized: false, false, false, false) : null;
        var token = section.Part(value, name);
        return token.OptionalText("content") is { Length: > 0 } ? AddedToken.Read(token, id: 0) with { Special = true } : null;
    }

    private void ReadAdded(TokenizerSection decoder, string name)
    {
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            throw decoder.Invalid($"{TokenizerSection.Quote(name)} is no token id");
        _added.Add(AddedToken.Read(decoder.Section(name) ?? throw decoder.Invalid($"{name} has to be an object"), id));
    }
}
