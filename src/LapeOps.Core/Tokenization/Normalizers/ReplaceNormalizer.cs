using LapeOps.Tokenization.Patterns;

namespace LapeOps.Tokenization.Normalizers;

/// <summary>Puts a text in place of every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    /// <summary>Reads <c>{"pattern": {"Regex" or "String": ..}, "content": ..}</c>.</summary>
    public static new ReplaceNormalizer Read(TokenizerSection section) => new(TextPattern.Read(section), TextPattern.ReadContent(section));

    public override PieceSink Open(PieceSink next) => new Stage(pattern.Open(), content, next);

    // No match has any but the first and the last in it.
    public override bool Keeps(ReadOnlySpan<int> window)
    {
        for (var i = 0; i < window.Length; i++)
            if (pattern.Seams.MayBe(window[i]) || (i > 0 && pattern.Seams.Joins(window[i - 1], window[i])))
                return false;
        return true;
    }

    private sealed class Stage(PatternFinder finder, string content, PieceSink next) : RewritingStage(next)
    {
        protected override bool Changes(ReadOnlySpan<char> text)
        {
            finder.Begin(text.Length);
            return finder.Find(text, 0, out _, out _);
        }

        protected override void Rewrite(Piece piece, PieceBuffer output)
        {
            finder.Begin(piece.Text.Length);
            var done = 0;
            while (done < piece.Text.Length && finder.Find(piece.Text, done, out var first, out var end))
            {
                output.Copy(piece, done, first);
                output.Add(content, piece.Source(first, end));
                done = end;
            }
            output.Copy(piece, done, piece.Text.Length);
        }
    }
}
