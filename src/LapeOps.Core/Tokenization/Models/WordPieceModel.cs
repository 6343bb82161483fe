namespace LapeOps.Tokenization.Models;

/// <summary>
/// WordPiece as BERT reads it: from left to right the longest token that goes on, those within a word with a prefix. A word that does not come
/// out even, or is too long, is unknown as a whole.
/// </summary>
internal sealed class WordPieceModel : TokenModel
{
    private const int DefaultLongest = 100;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly int _unknown;
    private readonly string _prefix;
    private readonly int _longest;

    private WordPieceModel(Dictionary<string, int> vocabulary, int unknown, string prefix, int longest)
    {
        _vocabulary = vocabulary;
        _unknown = unknown;
        _prefix = prefix;
        _longest = longest;
    }

    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    /// <summary>Reads <c>{"vocab": .., "unk_token": .., "continuing_subword_prefix": .., "max_input_chars_per_word": ..}</c>.</summary>
    public static new WordPieceModel Read(TokenizerSection section)
    {
        var vocabulary = BpeReader.ReadVocabulary(section, section.Table("vocab"));
        var longest = section.Value("max_input_chars_per_word") is null ? DefaultLongest : section.Count("max_input_chars_per_word");
        return longest <= 1000
            ? new(vocabulary, WordLevelModel.ReadUnknown(section, vocabulary), section.OptionalText("continuing_subword_prefix") ?? "##", longest)
            : throw section.Unsupported("max_input_chars_per_word above 1000");
    }

    public override ModelToken[] Encode(ReadOnlySpan<char> piece, CancellationToken stop)
    {
        ModelToken[] unknown = [new(_unknown, 0, piece.Length)];
        var characters = 0;
        foreach (var _ in piece.EnumerateRunes())
            if (++characters > _longest)
                return unknown;
        var lookup = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var tokens = new List<ModelToken>();
        var buffer = new char[_prefix.Length + piece.Length];
        _prefix.CopyTo(buffer);
        for (int first = 0, end; first < piece.Length; first = end)
        {
            piece[first..].CopyTo(buffer.AsSpan(_prefix.Length));
            var start = first == 0 ? _prefix.Length : 0;
            var id = 0;
            for (end = piece.Length; end > first; end -= char.IsLowSurrogate(piece[end - 1]) ? 2 : 1)
                if (lookup.TryGetValue(buffer.AsSpan(start, _prefix.Length - start + end - first), out id))
                    break;
            if (end == first)
                return unknown;
            tokens.Add(new(id, first, end));
        }
        return [.. tokens];
    }
}
