namespace LapeOps.Tokenization.Normalizers;

/// <summary>Puts a text in front of every piece; of one that begins with it already only if not <paramref name="unlessThere"/>.</summary>
internal sealed class PrependNormalizer(string prefix, bool unlessThere) : Normalizer
{
    private const int LongestPrefix = 64;

    /// <summary>Reads <c>{"prepend": ..}</c>.</summary>
    public static new PrependNormalizer Read(TokenizerSection section) => section.Text("prepend") is { Length: <= LongestPrefix } prefix
        ? new(prefix, unlessThere: false)
        : throw section.Unsupported($"prepend of more than {LongestPrefix} characters");

    public override PieceSink Open(PieceSink next) => new Stage(prefix, unlessThere, next);

    private sealed class Stage(string prefix, bool unlessThere, PieceSink next) : RewritingStage(next)
    {
        protected override bool Changes(ReadOnlySpan<char> text) => !(unlessThere && text.StartsWith(prefix, StringComparison.Ordinal));

        protected override void Rewrite(Piece piece, PieceBuffer output)
        {
            output.Add(prefix, piece.Source(0, 0));
            output.Copy(piece, 0, piece.Text.Length);
        }
    }
}
