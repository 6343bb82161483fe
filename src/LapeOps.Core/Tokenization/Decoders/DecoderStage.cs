using System.Text;

namespace LapeOps.Tokenization.Decoders;

/// <summary>A part of a token; whether the token begins and ends with it.</summary>
internal readonly record struct TokenPart(string Text, bool Begins, bool Ends);

/// <summary>A decoder at work on one run of tokens.</summary>
internal abstract class DecoderStage
{
    /// <summary>Takes the next token, or the next part of one.</summary>
    public abstract void Take(TokenPart part);

    /// <summary>No token follows: hands out what was still held back.</summary>
    public abstract void Finish();
}

/// <summary>The end of a chain: gathers the text.</summary>
internal sealed class TextStage(StringBuilder text) : DecoderStage
{
    public override void Take(TokenPart part) => text.Append(part.Text);

    public override void Finish()
    {
    }
}

/// <summary>A stage that looks at tokens as wholes.</summary>
internal abstract class WholeTokenStage(DecoderStage next) : DecoderStage
{
    private StringBuilder? _begun;

    public sealed override void Take(TokenPart part)
    {
        if (part is { Begins: true, Ends: true })
        {
            TakeToken(part.Text);
            return;
        }
        _begun ??= new();
        _begun.Append(part.Text);
        if (part.Ends)
        {
            TakeToken(_begun.ToString());
            _begun.Clear();
        }
    }

    public sealed override void Finish()
    {
        Close();
        next.Finish();
    }

    /// <summary>Takes the next token.</summary>
    protected abstract void TakeToken(string token);

    /// <summary>Hands out what was held back.</summary>
    protected virtual void Close()
    {
    }

    /// <summary>Hands a token on.</summary>
    protected void Pass(string token) => next.Take(new(token, Begins: true, Ends: true));
}
