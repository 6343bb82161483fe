using LapeOps.Tokenization.Patterns;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.PreTokenizers;

/// <summary>Cuts text into the pieces that the model takes one by one.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts nothing.</summary>
    public static PreTokenizer None { get; } = new PreTokenizerSequence([]);

    private static CharacterSplit WhiteSpace => new(UnicodeProperties.WhiteSpace, SplitBehavior.Removed);

    /// <summary>A stage for one text: takes pieces and puts smaller or rewritten ones into <paramref name="next"/>.</summary>
    public abstract PieceSink Open(PieceSink next);

    /// <summary>Reads the pre-tokenizer of a file.</summary>
    public static PreTokenizer Read(TokenizerSection section) => section.Type switch
    {
        "Sequence" => new PreTokenizerSequence([.. section.Sections("pretokenizers").Select(Read)]),
        "Split" => SplitPreTokenizer.Read(section),
        "ByteLevel" => ByteLevelPreTokenizer.Read(section),
        "Metaspace" => MetaspacePreTokenizer.Read(section),
        // Numbers in the wide sense: general category N, not only Nd.
        "Digits" => new CharacterSplit(
            UnicodeProperties.Number17, section.Flag("individual_digits", absent: false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "WhitespaceSplit" => WhiteSpace,
        // Runs of word characters, and of what is neither they nor white space.
        "Whitespace" => new PreTokenizerSequence([WhiteSpace, new CharacterSplit(UnicodeProperties.Word, SplitBehavior.Contiguous)]),
        "Punctuation" => new CharacterSplit(UnicodeProperties.Punctuation8, SplitJoiner.ReadBehavior(section, SplitBehavior.Isolated)),
        "BertPreTokenizer" => new PreTokenizerSequence([WhiteSpace, new CharacterSplit(UnicodeProperties.Punctuation8, SplitBehavior.Isolated)]),
        "CharDelimiterSplit" => new SplitPreTokenizer(
            TextPattern.Of(section.Character("delimiter").ToString()), SplitBehavior.Removed, invert: false),
        "FixedLength" => FixedLengthPreTokenizer.Read(section),
        _ => throw section.UnsupportedType(),
    };
}

/// <summary>One after another, each on the pieces of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<PreTokenizer> parts) : PreTokenizer
{
    public override PieceSink Open(PieceSink next) => parts.Reverse().Aggregate(next, (sink, part) => part.Open(sink));
}
