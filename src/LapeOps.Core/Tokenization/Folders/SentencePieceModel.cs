namespace LapeOps.Tokenization.Folders;

/// <summary>What a piece is for (sentencepiece_model.proto, SentencePiece.Type).</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>A piece of a SentencePiece model; its id is its place.</summary>
internal readonly record struct SentencePiece(string Text, float Score, PieceType Type);

/// <summary>How a SentencePiece model cuts text (TrainerSpec.ModelType).</summary>
internal enum SentencePieceKind
{
    Unigram = 1,
    Bpe = 2,
    Word = 3,
    Char = 4,
}

/// <summary>The parts of a SentencePiece model (sentencepiece_model.proto, ModelProto) that ids depend on.</summary>
internal sealed class SentencePieceModel
{
    private const int MostPieces = 1 << 21;

    /// <summary>The pieces.</summary>
    public List<SentencePiece> Pieces { get; } = [];

    /// <summary>How it cuts text.</summary>
    public SentencePieceKind Kind { get; private set; } = SentencePieceKind.Unigram;

    /// <summary>Whether spaces end words instead of beginning them.</summary>
    public bool SpacesAsSuffix { get; private set; }

    /// <summary>Whether bytes stand for characters that are no piece.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>The piece that begins a text, or -1.</summary>
    public int BeginId { get; private set; } = 1;

    /// <summary>The piece that ends a text, or -1.</summary>
    public int EndId { get; private set; } = 2;

    /// <summary>The table of replacements; may be empty.</summary>
    public byte[] CharsMap { get; private set; } = [];

    /// <summary>Whether a space goes before the text.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Whether spaces at the ends and all but one of several are dropped.</summary>
    public bool RemoveExtraSpaces { get; private set; } = true;

    /// <summary>Whether U+2581 stands for spaces.</summary>
    public bool EscapeSpaces { get; private set; } = true;

    /// <summary>Reads a ModelProto; a FormatException where it is none.</summary>
    public static SentencePieceModel Read(ReadOnlySpan<byte> message)
    {
        var model = new SentencePieceModel();
        var reader = new ProtoReader(message);
        while (reader.Next())
            switch (reader.Field)
            {
                case 1:
                    if (model.Pieces.Count == MostPieces)
                        throw new FormatException($"it has more than {MostPieces:N0} pieces");
                    model.Pieces.Add(ReadPiece(reader.Bytes()));
                    break;
                case 2:
                    model.ReadTrainer(reader.Bytes());
                    break;
                case 3:
                    model.ReadNormalizer(reader.Bytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return model;
    }

    private static SentencePiece ReadPiece(ReadOnlySpan<byte> message)
    {
        var (text, score, type) = ("", 0f, PieceType.Normal);
        var reader = new ProtoReader(message);
        while (reader.Next())
            switch (reader.Field)
            {
                case 1:
                    text = reader.Text();
                    break;
                case 2:
                    score = reader.Float();
                    break;
                case 3:
                    type = (PieceType)reader.Int();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        if (text.Length == 0 || !float.IsFinite(score) || !Enum.IsDefined(type))
            throw new FormatException("a piece has no text, no finite score or an unknown type");
        return new(text, score, type);
    }

    private void ReadTrainer(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
            switch (reader.Field)
            {
                case 3:
                    Kind = (SentencePieceKind)reader.Int();
                    break;
                case 24:
                    SpacesAsSuffix = reader.Int() != 0;
                    break;
                case 35:
                    ByteFallback = reader.Int() != 0;
                    break;
                case 41:
                    BeginId = reader.Int();
                    break;
                case 42:
                    EndId = reader.Int();
                    break;
                default:
                    reader.Skip();
                    break;
            }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
            switch (reader.Field)
            {
                case 2:
                    CharsMap = reader.Bytes().ToArray();
                    break;
                case 3:
                    AddDummyPrefix = reader.Int() != 0;
                    break;
                case 4:
                    RemoveExtraSpaces = reader.Int() != 0;
                    break;
                case 5:
                    EscapeSpaces = reader.Int() != 0;
                    break;
                default:
                    reader.Skip();
                    break;
            }
    }
}
