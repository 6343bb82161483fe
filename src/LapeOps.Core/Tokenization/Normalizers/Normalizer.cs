using System.Text;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Normalizers;

/// <summary>Rewrites text before it is cut into pieces.</summary>
internal abstract class Normalizer
{
    /// <summary>Rewrites nothing.</summary>
    public static Normalizer None { get; } = new NormalizerSequence([]);

    /// <summary>A stage for one text: takes pieces of it and puts rewritten ones into <paramref name="next"/>.</summary>
    public abstract PieceSink Open(PieceSink next);

    /// <summary>What becomes of a whole text.</summary>
    public string Apply(string text)
    {
        var gathered = new Gathering();
        if (text.Length > 0)
            Open(gathered).Take(new(text, default, 0, tracked: false));
        return gathered.Text.ToString();
    }

    /// <summary>Reads the normalizer of a file; types that are not supported are refused by name.</summary>
    public static Normalizer Read(TokenizerSection section) => section.Type switch
    {
        "Sequence" => new NormalizerSequence([.. section.Sections("normalizers").Select(Read)]),
        "Prepend" => PrependNormalizer.Read(section),
        "Replace" => ReplaceNormalizer.Read(section),
        "Strip" => new StripNormalizer(section.Flag("strip_left", absent: true), section.Flag("strip_right", absent: true)),
        "Lowercase" => new LowercaseNormalizer(),
        "StripAccents" => new CharacterNormalizer(c => UnicodeProperties.Mark9.Contains(c) ? CharacterNormalizer.Dropped : c),
        "Nmt" => new CharacterNormalizer(Nmt.Map),
        "ByteLevel" => new ByteLevelNormalizer(),
        "Precompiled" => PrecompiledNormalizer.Read(section),
        "NFC" => new UnicodeNormalizer(NormalForm.C),
        "NFD" => new UnicodeNormalizer(NormalForm.D),
        "NFKC" => new UnicodeNormalizer(NormalForm.KC),
        "NFKD" => new UnicodeNormalizer(NormalForm.KD),
        _ => throw section.UnsupportedType(),
    };

    private sealed class Gathering : PieceSink
    {
        public StringBuilder Text { get; } = new();

        public override void Take(Piece piece) => Text.Append(piece.Text);
    }
}

/// <summary>One after another.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> parts) : Normalizer
{
    public override PieceSink Open(PieceSink next) => parts.Reverse().Aggregate(next, (sink, part) => part.Open(sink));
}

/// <summary>A stage that writes a piece anew.</summary>
internal abstract class RewritingStage(PieceSink next) : PieceSink
{
    private readonly PieceBuffer _output = new();

    public sealed override void Take(Piece piece)
    {
        if (!Changes(piece.Text))
        {
            next.Take(piece);
            return;
        }
        _output.Begin(piece);
        Rewrite(piece, _output);
        if (!_output.IsEmpty)
            next.Take(_output.Piece);
    }

    /// <summary>Whether there may be anything to change: a quick look.</summary>
    protected abstract bool Changes(ReadOnlySpan<char> text);

    /// <summary>Writes what becomes of the piece.</summary>
    protected abstract void Rewrite(Piece piece, PieceBuffer output);
}
