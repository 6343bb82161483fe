using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization;

/// <summary>Sets numbers (general category N of Unicode 17, not only Nd) apart, each alone or in runs.</summary>
internal sealed class DigitsPreTokenizer(bool individual) : PreTokenizer
{
    /// <summary>Reads <c>{"individual_digits": ..}</c>.</summary>
    public static new DigitsPreTokenizer Read(TokenizerSection section) => new(section.Flag("individual_digits", absent: false));

    public override PieceSink Open(PieceSink next) => new Stage(individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous, next);

    private sealed class Stage(SplitBehavior behavior, PieceSink next) : PieceSink
    {
        public override void Take(Piece piece)
        {
            var numbers = UnicodeProperties.Number17;
            var joiner = new SplitJoiner(behavior, piece, next);
            var at = 0;
            foreach (var rune in piece.Text.EnumerateRunes())
            {
                if (numbers.Contains(rune.Value))
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
