using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.PreTokenizers;

/// <summary>Splits at the characters of a set.</summary>
internal sealed class CharacterSplit(CodePointSet set, SplitBehavior behavior) : PreTokenizer
{
    public override PieceSink Open(PieceSink next) => new Stage(set, behavior, next);

    public override Seam At(int left, int right)
    {
        var (isLeft, isRight) = (set.Contains(left), set.Contains(right));
        return behavior switch
        {
            SplitBehavior.Isolated or SplitBehavior.Removed => isLeft || isRight ? Seam.Cut : Seam.Separate,
            SplitBehavior.Contiguous => isLeft != isRight ? Seam.Cut : Seam.Separate,
            _ => Seam.Unknown,
        };
    }

    private sealed class Stage(CodePointSet set, SplitBehavior behavior, PieceSink next) : PieceSink
    {
        public override void Take(Piece piece)
        {
            var joiner = new SplitJoiner(behavior, piece, next);
            var at = 0;
            foreach (var rune in piece.Text.EnumerateRunes())
            {
                if (set.Contains(rune.Value))
                {
                    joiner.Add(at, match: false);
                    joiner.Add(at + rune.Utf16SequenceLength, match: true);
                }
                at += rune.Utf16SequenceLength;
            }
            joiner.Add(piece.Text.Length, match: false);
            joiner.Emit();
        }
    }
}
