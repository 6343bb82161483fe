namespace LapeOps.Tokenization;

/// <summary>Rewrites text before it is cut into pieces. None but an empty sequence is supported so far.</summary>
internal abstract class Normalizer
{
    /// <summary>A stage for one text: takes pieces of it and puts rewritten ones into <paramref name="next"/>.</summary>
    public abstract PieceSink Open(PieceSink next);

    /// <summary>Reads the normalizer of a file; types that are not supported are refused by name.</summary>
    public static Normalizer Read(TokenizerSection section) => section.Type switch
    {
        "Sequence" => new Sequence([.. section.Sections("normalizers").Select(Read)]),
        _ => throw section.UnsupportedType(),
    };

    /// <summary>One after another.</summary>
    private sealed class Sequence(IReadOnlyList<Normalizer> parts) : Normalizer
    {
        public override PieceSink Open(PieceSink next) => parts.Reverse().Aggregate(next, (sink, part) => part.Open(sink));
    }
}
