namespace LapeOps.Tokenization.Decoders;

/// <summary>Writes a space in place of the suffix that ends words, and nothing in the last token.</summary>
internal sealed class BpeDecoder(string suffix) : TokenDecoder
{
    /// <summary>Reads <c>{"suffix": ..}</c>.</summary>
    public static new BpeDecoder Read(TokenizerSection section) => (section.OptionalText("suffix") ?? "</w>") is { Length: > 0 } suffix
        ? new(suffix)
        : throw section.Unsupported("a suffix that is the empty text");

    public override DecoderStage Open(DecoderStage next) => new Stage(suffix, next);

    private sealed class Stage(string suffix, DecoderStage next) : WholeTokenStage(next)
    {
        private string? _last;

        protected override void TakeToken(string token)
        {
            Write(" ");
            _last = token;
        }

        protected override void Close() => Write("");

        private void Write(string replacement)
        {
            if (_last is not null)
                Pass(_last.Replace(suffix, replacement, StringComparison.Ordinal));
        }
    }
}
