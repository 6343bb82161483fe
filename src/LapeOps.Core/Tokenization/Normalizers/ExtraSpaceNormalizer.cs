namespace LapeOps.Tokenization.Normalizers;

/// <summary>Drops spaces at the ends and all but one of several (SentencePiece's remove_extra_whitespaces).</summary>
internal sealed class ExtraSpaceNormalizer : Normalizer
{
    public override PieceSink Open(PieceSink next) => new Stage(next);

    private sealed class Stage(PieceSink next) : RewritingStage(next)
    {
        protected override bool Changes(ReadOnlySpan<char> text) => text[0] == ' ' || text[^1] == ' ' || text.Contains("  ", StringComparison.Ordinal);

        protected override void Rewrite(Piece piece, PieceBuffer output)
        {
            var text = piece.Text;
            var length = text.TrimEnd(' ').Length;
            for (int at = 0, end; at < length; at = end)
            {
                at += text[at..length].IndexOfAnyExcept(' ');
                var word = text[at..length].IndexOf(' ');
                // The space after it goes along.
                end = word < 0 ? length : at + word + 1;
                output.Copy(piece, at, end);
            }
        }
    }
}
