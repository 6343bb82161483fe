namespace LapeOps.Tokenization.Decoders;

/// <summary>Turns tokens back into text: a chain of stages, each of which rewrites the tokens of the one before.</summary>
internal abstract class TokenDecoder
{
    /// <summary>A stage for one run of tokens, which hands on what is certain as soon as it is.</summary>
    public abstract DecoderStage Open(DecoderStage next);

    /// <summary>The decoder of a file without one: tokens with a space between them.</summary>
    public static TokenDecoder Default { get; } = new SpacedDecoder();

    /// <summary>Reads the decoder of a file.</summary>
    public static TokenDecoder Read(TokenizerSection section) => section.Type switch
    {
        "Sequence" => new DecoderSequence([.. section.Sections("decoders").Select(Read)]),
        "ByteLevel" => new ByteLevelDecoder(),
        "Replace" => ReplaceDecoder.Read(section),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Strip" => StripDecoder.Read(section),
        "Metaspace" => MetaspaceDecoder.Read(section),
        "WordPiece" => WordPieceDecoder.Read(section),
        "BPEDecoder" => BpeDecoder.Read(section),
        "CTC" => CtcDecoder.Read(section),
        _ => throw section.UnsupportedType(),
    };
}

/// <summary>One after another: what one hands out are the tokens of the next.</summary>
internal sealed class DecoderSequence(IReadOnlyList<TokenDecoder> parts) : TokenDecoder
{
    public override DecoderStage Open(DecoderStage next) => parts.Reverse().Aggregate(next, (stage, part) => part.Open(stage));
}
