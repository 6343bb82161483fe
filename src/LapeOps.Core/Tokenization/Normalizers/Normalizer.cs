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

    /// <summary>
    /// Whether a text that has these characters side by side may be cut in their middle, what becomes of it being what becomes of both parts,
    /// and whether all of them but the first and the last stay as they are and where they are.
    /// </summary>
    public virtual bool Keeps(ReadOnlySpan<int> window) => false;

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
    private readonly Normalizer[] _parts = [.. parts.SelectMany(p => p is NormalizerSequence sequence ? sequence._parts : [p])];

    public override PieceSink Open(PieceSink next) => _parts.Reverse().Aggregate(next, (sink, part) => part.Open(sink));

    public override bool Keeps(ReadOnlySpan<int> window)
    {
        foreach (var part in _parts)
        {
            // The middle has to be left.
            if (window.Length < 4 || !part.Keeps(window))
                return false;
            window = window[1..^1];
        }
        return true;
    }
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
