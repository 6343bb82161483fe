namespace LapeOps.Tokenization.Decoders;

/// <summary>Puts a space before each token but the first and those that continue a word, whose prefix it takes off.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanUp) : TokenDecoder
{
    private static readonly (string Dirty, string Clean)[] Contractions =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>Reads <c>{"prefix": .., "cleanup": ..}</c>.</summary>
    public static new WordPieceDecoder Read(TokenizerSection section) =>
        new(section.OptionalText("prefix") ?? "##", section.Flag("cleanup", absent: true));

    /// <summary>Takes out spaces before punctuation and in contractions, within one token.</summary>
    public static string CleanUp(string token) =>
        Contractions.Aggregate(token, (text, pair) => text.Replace(pair.Dirty, pair.Clean, StringComparison.Ordinal));

    public override DecoderStage Open(DecoderStage next) => new Stage(prefix, cleanUp, next);

    private sealed class Stage(string prefix, bool cleanUp, DecoderStage next) : WholeTokenStage(next)
    {
        private bool _any;

        protected override void TakeToken(string token)
        {
            if (_any)
                token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
            _any = true;
            Pass(cleanUp ? CleanUp(token) : token);
        }
    }
}
