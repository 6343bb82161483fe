using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Normalizers;

/// <summary>Takes the white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override PieceSink Open(PieceSink next) => new Stage(left, right, next);

    public override bool Keeps(ReadOnlySpan<int> window) =>
        !(right && UnicodeProperties.WhiteSpace.Contains(window[(window.Length / 2) - 1])) && !(left && UnicodeProperties.WhiteSpace.Contains(window[window.Length / 2]));

    private sealed class Stage(bool left, bool right, PieceSink next) : PieceSink
    {
        public override void Take(Piece piece)
        {
            // White space is in the basic multilingual plane: one UTF-16 unit a character.
            var (first, end) = (0, piece.Text.Length);
            while (left && first < end && UnicodeProperties.WhiteSpace.Contains(piece.Text[first]))
                first++;
            while (right && end > first && UnicodeProperties.WhiteSpace.Contains(piece.Text[end - 1]))
                end--;
            if (end > first)
                next.Take(piece.Slice(first, end));
        }
    }
}
