namespace LapeOps.Tokenization.Decoders;

/// <summary>Reads the output of connectionist temporal classification: equal tokens in a row are one, and padding is nothing.</summary>
internal sealed class CtcDecoder(string padding, string delimiter, bool cleanUp) : TokenDecoder
{
    /// <summary>Reads <c>{"pad_token": .., "word_delimiter_token": .., "cleanup": ..}</c>.</summary>
    public static new CtcDecoder Read(TokenizerSection section)
    {
        var (padding, delimiter) = (section.OptionalText("pad_token") ?? "<pad>", section.OptionalText("word_delimiter_token") ?? "|");
        return padding.Length > 0 && delimiter.Length > 0
            ? new(padding, delimiter, section.Flag("cleanup", absent: true))
            : throw section.Unsupported("a pad_token or word_delimiter_token that is the empty text");
    }

    public override DecoderStage Open(DecoderStage next) => new Stage(padding, delimiter, cleanUp, next);

    private sealed class Stage(string padding, string delimiter, bool cleanUp, DecoderStage next) : WholeTokenStage(next)
    {
        private string? _last;

        protected override void TakeToken(string token)
        {
            if (token == _last)
                return;
            _last = token;
            var text = token.Replace(padding, "", StringComparison.Ordinal);
            if (cleanUp)
                text = WordPieceDecoder.CleanUp(text).Replace(delimiter, " ", StringComparison.Ordinal);
            if (text.Length > 0)
                Pass(text);
        }
    }
}
