namespace LapeOps.Tokenization;

/// <summary>Turns tokens back into text, one after another.</summary>
internal abstract class TokenDecoder
{
    /// <summary>A stage for one run of tokens: takes them and hands texts to <paramref name="next"/> as soon as they are certain.</summary>
    public abstract DecoderStage Open(Action<string> next);

    /// <summary>The decoder of a file without one: tokens with a space between them.</summary>
    public static TokenDecoder Default { get; } = new Spaced();

    /// <summary>Reads the decoder of a file.</summary>
    public static TokenDecoder Read(TokenizerSection section) => section.Type switch
    {
        "ByteLevel" => new ByteLevelDecoder(),
        "Sequence" => new Sequence([.. section.Sections("decoders").Select(Read)]),
        _ => throw section.UnsupportedType(),
    };

    /// <summary>One after another: what one hands out are the tokens of the next.</summary>
    private sealed class Sequence(IReadOnlyList<TokenDecoder> parts) : TokenDecoder
    {
        public override DecoderStage Open(Action<string> next)
        {
            var stages = new List<DecoderStage>();
            foreach (var part in parts.Reverse())
            {
                stages.Insert(0, part.Open(next));
                next = stages[0].Take;
            }
            return new Chain(next, stages);
        }

        private sealed class Chain(Action<string> first, IReadOnlyList<DecoderStage> stages) : DecoderStage
        {
            public override void Take(string token) => first(token);

            public override void Finish()
            {
                foreach (var stage in stages)
                    stage.Finish();
            }
        }
    }

    private sealed class Spaced : TokenDecoder
    {
        public override DecoderStage Open(Action<string> next) => new Stage(next);

        private sealed class Stage(Action<string> next) : DecoderStage
        {
            private bool _any;

            public override void Take(string token)
            {
                next(_any ? " " + token : token);
                _any = true;
            }

            public override void Finish()
            {
            }
        }
    }
}

/// <summary>A decoder at work on one run of tokens.</summary>
internal abstract class DecoderStage
{
    /// <summary>Takes the next token.</summary>
    public abstract void Take(string token);

    /// <summary>No token follows: hands out what was still held back.</summary>
    public abstract void Finish();
}
