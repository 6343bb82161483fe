namespace LapeOps.Tokenization.Decoders;

/// <summary>Takes up to so many of a character off the beginning and the end of each token.</summary>
internal sealed class StripDecoder(string character, int start, int stop) : TokenDecoder
{
    private const int MostStripped = 1000;

    /// <summary>Reads <c>{"content": .., "start": .., "stop": ..}</c>.</summary>
    public static new StripDecoder Read(TokenizerSection section) =>
        new(section.Character("content").ToString(), ReadCount(section, "start"), ReadCount(section, "stop"));

    public override DecoderStage Open(DecoderStage next) => new Stage(character, start, stop, next);

    private static int ReadCount(TokenizerSection section, string name) =>
        section.Count(name) is <= MostStripped and var count ? count : throw section.Unsupported($"{name} above {MostStripped}");

    private sealed class Stage(string character, int start, int stop, DecoderStage next) : DecoderStage
    {
        private int _startLeft;
        private int _held;

        public override void Take(TokenPart part)
        {
            if (part.Begins)
                (_startLeft, _held) = (start, 0);
            var text = AfterStart(part.Text);
            // What may be the end of the token waits.
            text = Repeated(_held) + text;
            _held = 0;
            while (_held < stop && text.AsSpan(0, text.Length - (_held * character.Length)).EndsWith(character, StringComparison.Ordinal))
                _held++;
            next.Take(part with { Text = text[..^(_held * character.Length)] });
        }

        public override void Finish() => next.Finish();

        private string AfterStart(string text)
        {
            var cut = 0;
            while (_startLeft > 0 && string.CompareOrdinal(text, cut, character, 0, character.Length) == 0)
            {
                cut += character.Length;
                _startLeft--;
            }
            if (cut < text.Length)
                _startLeft = 0;
            return text[cut..];
        }

        private string Repeated(int count) => string.Concat(Enumerable.Repeat(character, count));
    }
}
