using System.Text;
using LapeOps.Tokenization.Patterns;

namespace LapeOps.Tokenization.Decoders;

/// <summary>Puts a text in place of every match of a pattern within a token.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string content) : TokenDecoder
{
    private const int LongestToken = 1 << 20;

    /// <summary>Reads <c>{"pattern": {"Regex" or "String": ..}, "content": ..}</c>.</summary>
    public static new ReplaceDecoder Read(TokenizerSection section) => new(TextPattern.Read(section), TextPattern.ReadContent(section));

    public override DecoderStage Open(DecoderStage next) =>
        pattern.Text.Length == 1 ? new CharacterStage(pattern.Text, content, next) : new WholeStage(pattern.Open(), content, next);

    /// <summary>A token that one replacement after another has made too long is an error, not all of the memory.</summary>
    private static string Checked(string token) => token.Length <= LongestToken
        ? token
        : throw new LapeException("TokenizerUnsupported", $"The tokenizer's decoder makes a token of more than {LongestToken:N0} characters.");

    /// <summary>A single character is never spread over parts, so none has to be held back.</summary>
    private sealed class CharacterStage(string character, string content, DecoderStage next) : DecoderStage
    {
        public override void Take(TokenPart part) =>
            next.Take(part with { Text = Checked(part.Text).Replace(character, content, StringComparison.Ordinal) });

        public override void Finish() => next.Finish();
    }

    private sealed class WholeStage(PatternFinder finder, string content, DecoderStage next) : WholeTokenStage(next)
    {
        protected override void TakeToken(string token)
        {
            var text = new StringBuilder();
            finder.Begin(Checked(token).Length);
            var done = 0;
            while (done < token.Length && finder.Find(token, done, out var first, out var end))
            {
                text.Append(token, done, first - done).Append(content);
                done = end;
            }
            Pass(text.Append(token, done, token.Length - done).ToString());
        }
    }
}
