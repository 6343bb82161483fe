using LapeOps.Tokenization.PreTokenizers;

namespace LapeOps.Tokenization.Decoders;

/// <summary>Writes a space in place of each replacement character, and nothing in the first token unless none was put in front.</summary>
internal sealed class MetaspaceDecoder(string replacement, PrependScheme scheme) : TokenDecoder
{
    /// <summary>Reads <c>{"replacement": .., "prepend_scheme": ..}</c>.</summary>
    public static new MetaspaceDecoder Read(TokenizerSection section) =>
        new(section.Character("replacement").ToString(), MetaspacePreTokenizer.ReadScheme(section));

    public override DecoderStage Open(DecoderStage next) => new Stage(replacement, scheme != PrependScheme.Never, next);

    private sealed class Stage(string replacement, bool prefixed, DecoderStage next) : DecoderStage
    {
        private int _begun;

        public override void Take(TokenPart part)
        {
            if (part.Begins)
                _begun = Math.Min(_begun + 1, 2);
            var space = prefixed && _begun == 1 ? "" : " ";
            next.Take(part with { Text = part.Text.Replace(replacement, space, StringComparison.Ordinal) });
        }

        public override void Finish() => next.Finish();
    }
}
