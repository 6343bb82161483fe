namespace LapeOps.Tokenization.Models;

/// <summary>A token that a model made of a part of a piece, from First up to End.</summary>
internal readonly record struct ModelToken(int Id, int First, int End);

/// <summary>Turns one piece of text after another into tokens.</summary>
internal abstract class TokenModel
{
    /// <summary>The ids of its tokens, each once.</summary>
    public abstract IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>The tokens of a piece. Safe to call from several threads; a long piece looks at <paramref name="stop"/>.</summary>
    public abstract ModelToken[] Encode(ReadOnlySpan<char> piece, CancellationToken stop);

    /// <summary>A stage that puts the tokens of its pieces into <paramref name="ids"/>.</summary>
    public PieceSink Open(TokenCollector ids) => new Stage(this, ids);

    /// <summary>Reads the model of a file. Old files state no type where it is BPE.</summary>
    public static TokenModel Read(TokenizerSection section) => (section.OptionalText("type"), section.Value("merges")) switch
    {
        ("BPE", _) or (null, not null) => BpeReader.Read(section),
        ("Unigram", _) => UnigramReader.Read(section),
        ("WordPiece", _) => WordPieceModel.Read(section),
        ("WordLevel", _) => WordLevelModel.Read(section),
        _ => throw section.UnsupportedType(),
    };

    private sealed class Stage(TokenModel model, TokenCollector ids) : PieceSink
    {
        public override void Take(Piece piece)
        {
            ids.Stop.ThrowIfCancellationRequested();
            foreach (var token in model.Encode(piece.Text, ids.Stop))
                ids.Add(token.Id, piece.Source(token.First, token.End));
        }
    }
}
