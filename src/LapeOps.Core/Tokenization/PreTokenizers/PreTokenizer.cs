using LapeOps.Tokenization.Patterns;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.PreTokenizers;

/// <summary>What a part of the pre-tokenizer says of a place between two characters.</summary>
internal enum Seam
{
    /// <summary>What it does on one side may depend on the other.</summary>
    Unknown,
    /// <summary>It does on each side what it would do to that side alone; it may cut there or not.</summary>
    Separate,
    /// <summary>It does on each side what it would do to that side alone, and always cuts there.</summary>
    Cut,
}

/// <summary>Cuts text into the pieces that the model takes one by one.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts nothing.</summary>
    public static PreTokenizer None { get; } = new PreTokenizerSequence([]);

    private static CharacterSplit WhiteSpace => new(UnicodeProperties.WhiteSpace, SplitBehavior.Removed);

    /// <summary>A stage for one text: takes pieces and puts smaller or rewritten ones into <paramref name="next"/>.</summary>
    public abstract PieceSink Open(PieceSink next);

    /// <summary>What stands between two characters, whatever is around them.</summary>
    public virtual Seam At(int left, int right) => Seam.Unknown;

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

    public override Seam At(int left, int right)
    {
        var strongest = Seam.Separate;
        foreach (var part in parts)
        {
            var seam = part.At(left, right);
            if (seam == Seam.Unknown)
                return seam;
            strongest = seam == Seam.Cut ? seam : strongest;
        }
        return strongest;
    }
}
