namespace LapeOps.Tokenization;

/// <summary>Cuts text into the pieces that the model takes one by one.</summary>
internal abstract class PreTokenizer
{
    /// <summary>A stage for one text: takes pieces and puts smaller or rewritten ones into <paramref name="next"/>.</summary>
    public abstract PieceSink Open(PieceSink next);

    /// <summary>Reads the pre-tokenizer of a file.</summary>
    public static PreTokenizer Read(TokenizerSection section) => section.Type switch
    {
        "Sequence" => new Sequence([.. section.Sections("pretokenizers").Select(Read)]),
        "Split" => SplitPreTokenizer.Read(section),
        "ByteLevel" => ByteLevelPreTokenizer.Read(section),
        "Digits" => DigitsPreTokenizer.Read(section),
        _ => throw section.UnsupportedType(),
    };

    /// <summary>One after another, each on the pieces of the one before.</summary>
    private sealed class Sequence(IReadOnlyList<PreTokenizer> parts) : PreTokenizer
    {
        public override PieceSink Open(PieceSink next) => parts.Reverse().Aggregate(next, (sink, part) => part.Open(sink));
    }
}
