using LapeOps.Tokenization.Normalizers;

namespace LapeOps.Tokenization.PreTokenizers;

/// <summary>
/// Replaces each byte of the UTF-8 text by its character of <see cref="ByteAlphabet"/>, after splitting as GPT-2 does if so asked.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private static readonly SplitPreTokenizer Gpt2Split =
        SplitPreTokenizer.Isolating(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");

    /// <summary>Reads <c>{"add_prefix_space": .., "use_regex": ..}</c>; trim_offsets changes no id.</summary>
    public static new ByteLevelPreTokenizer Read(TokenizerSection section) =>
        new(section.Flag("add_prefix_space", absent: true), section.Flag("use_regex", absent: true));

    public override PieceSink Open(PieceSink next)
    {
        PieceSink sink = new ByteStage(next);
        if (useRegex)
            sink = Gpt2Split.Open(sink);
        return addPrefixSpace ? new PrependNormalizer(" ", unlessThere: true).Open(sink) : sink;
    }

    // A prefix may go before any piece that it is given.
    public override Seam At(int left, int right) =>
        addPrefixSpace ? Seam.Unknown : useRegex ? Gpt2Split.At(left, right) : Seam.Separate;

    private sealed class ByteStage(PieceSink next) : PieceSink
    {
        private readonly PieceBuffer _bytes = new();

        public override void Take(Piece piece)
        {
            _bytes.Begin(piece);
            Span<byte> utf8 = stackalloc byte[4];
            var at = 0;
            foreach (var rune in piece.Text.EnumerateRunes())
            {
                var source = piece.Source(at, at + rune.Utf16SequenceLength);
                foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                    _bytes.Add(ByteAlphabet.ToCharacter(b), source);
                at += rune.Utf16SequenceLength;
            }
            next.Take(_bytes.Piece);
        }
    }
}
