namespace LapeOps.Tokenization.Models;

/// <summary>Each piece is a token, or unknown.</summary>
internal sealed class WordLevelModel : TokenModel
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly int _unknown;

    private WordLevelModel(Dictionary<string, int> vocabulary, int unknown)
    {
        _vocabulary = vocabulary;
        _unknown = unknown;
    }

    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    /// <summary>Reads <c>{"vocab": .., "unk_token": ..}</c>.</summary>
    public static new WordLevelModel Read(TokenizerSection section)
    {
        var vocabulary = BpeReader.ReadVocabulary(section, section.Table("vocab"));
        return new(vocabulary, ReadUnknown(section, vocabulary));
    }

    /// <summary>Reads unk_token, which has to be in the vocabulary.</summary>
    public static int ReadUnknown(TokenizerSection section, Dictionary<string, int> vocabulary)
    {
        var unknown = section.Text("unk_token");
        return vocabulary.TryGetValue(unknown, out var id) ? id : throw section.Invalid($"unk_token {TokenizerSection.Quote(unknown)} is not in vocab");
    }

    public override ModelToken[] Encode(ReadOnlySpan<char> piece, CancellationToken stop) =>
        [new(_vocabulary.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out var id) ? id : _unknown, 0, piece.Length)];
}
