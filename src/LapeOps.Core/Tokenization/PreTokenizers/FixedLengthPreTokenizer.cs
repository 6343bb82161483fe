namespace LapeOps.Tokenization.PreTokenizers;

/// <summary>Cuts after every so many characters.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : PreTokenizer
{
    private const int DefaultLength = 5;

    /// <summary>Reads <c>{"length": ..}</c>.</summary>
    public static new FixedLengthPreTokenizer Read(TokenizerSection section)
    {
        var length = section.Value("length") is null ? DefaultLength : section.Count("length");
        return length > 0 ? new(length) : throw section.Invalid("length has to be above 0");
    }

    public override PieceSink Open(PieceSink next) => new Stage(length, next);

    private sealed class Stage(int length, PieceSink next) : PieceSink
    {
        public override void Take(Piece piece)
        {
            var (first, at, count) = (0, 0, 0);
            foreach (var rune in piece.Text.EnumerateRunes())
            {
                if (count == length)
                {
                    next.Take(piece.Slice(first, at));
                    (first, count) = (at, 0);
                }
                at += rune.Utf16SequenceLength;
                count++;
            }
            next.Take(piece.Slice(first, at));
        }
    }
}
