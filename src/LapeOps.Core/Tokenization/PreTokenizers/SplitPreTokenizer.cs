using LapeOps.Tokenization.Patterns;

namespace LapeOps.Tokenization.PreTokenizers;

/// <summary>Splits at the matches of a pattern or of a plain text.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <summary>Splits at the matches of a pattern and keeps them as pieces of their own.</summary>
    public static SplitPreTokenizer Isolating(string pattern) => new(TextPattern.Regex(pattern), SplitBehavior.Isolated, invert: false);

    /// <summary>Reads <c>{"pattern": {"Regex" or "String": ..}, "behavior": .., "invert": ..}</c>.</summary>
    public static new SplitPreTokenizer Read(TokenizerSection section) =>
        new(TextPattern.Read(section), SplitJoiner.ReadBehavior(section, absent: null), section.Flag("invert", absent: false));

    public override PieceSink Open(PieceSink next) => new Stage(pattern.Open(), behavior, invert, next);

    // The other behaviours join matches with what stands beside them.
    public override Seam At(int left, int right) =>
        behavior is not (SplitBehavior.Isolated or SplitBehavior.Removed) || pattern.Seams.Joins(left, right) ? Seam.Unknown
        : pattern.Seams.BeginsAt(right) ? Seam.Cut : Seam.Separate;

    private sealed class Stage(PatternFinder finder, SplitBehavior behavior, bool invert, PieceSink next) : PieceSink
    {
        public override void Take(Piece piece)
        {
            var joiner = new SplitJoiner(behavior, piece, next);
            finder.Begin(piece.Text.Length);
            var at = 0;
            while (at < piece.Text.Length && finder.Find(piece.Text, at, out var first, out var end))
            {
                joiner.Add(first, match: invert);
                joiner.Add(end, match: !invert);
                at = end;
            }
            joiner.Add(piece.Text.Length, match: invert);
            joiner.Emit();
        }
    }
}
