namespace LapeOps.Tokenization.Decoders;

/// <summary>Puts a space between tokens.</summary>
internal sealed class SpacedDecoder : TokenDecoder
{
    public override DecoderStage Open(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        private bool _any;

        public override void Take(TokenPart part)
        {
            next.Take(part.Begins && _any ? part with { Text = " " + part.Text } : part);
            _any = true;
        }

        public override void Finish() => next.Finish();
    }
}
