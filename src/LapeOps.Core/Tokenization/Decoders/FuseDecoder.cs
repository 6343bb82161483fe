namespace LapeOps.Tokenization.Decoders;

/// <summary>Makes one token of all.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public override DecoderStage Open(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        private bool _begun;

        public override void Take(TokenPart part)
        {
            next.Take(new(part.Text, Begins: !_begun, Ends: false));
            _begun = true;
        }

        public override void Finish()
        {
            next.Take(new("", Begins: !_begun, Ends: true));
            next.Finish();
        }
    }
}
