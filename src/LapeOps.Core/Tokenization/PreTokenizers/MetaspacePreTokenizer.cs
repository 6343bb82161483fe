using System.Text;
using LapeOps.Tokenization.Normalizers;
using LapeOps.Tokenization.Patterns;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.PreTokenizers;

/// <summary>Which pieces get a replacement character in front, where they do not begin with one.</summary>
internal enum PrependScheme
{
    /// <summary>All of them.</summary>
    Always,
    /// <summary>The one at the beginning of the text.</summary>
    First,
    /// <summary>None.</summary>
    Never,
}

/// <summary>Writes a character in place of each space and splits before it, if so asked.</summary>
internal sealed class MetaspacePreTokenizer(Rune replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly string _replacement = replacement.ToString();

    /// <summary>Reads <c>{"replacement": .., "prepend_scheme": .., "split": ..}</c>, and add_prefix_space of older files.</summary>
    public static new MetaspacePreTokenizer Read(TokenizerSection section) =>
        new(section.Character("replacement"), ReadScheme(section), section.Flag("split", absent: true));

    /// <summary>Reads prepend_scheme and add_prefix_space, which must not contradict it.</summary>
    public static PrependScheme ReadScheme(TokenizerSection section)
    {
        var scheme = section.OptionalText("prepend_scheme") switch
        {
            null or "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            { } other => throw section.Unsupported($"the prepend_scheme {TokenizerSection.Quote(other)}"),
        };
        if (section.Flag("add_prefix_space", absent: true))
            return scheme;
        return section.Value("prepend_scheme") is null || scheme == PrependScheme.Never
            ? PrependScheme.Never
            : throw section.Invalid("add_prefix_space contradicts prepend_scheme");
    }

    public override PieceSink Open(PieceSink next)
    {
        if (split)
            next = new CharacterSplit(CodePointSet.Range(replacement.Value, replacement.Value), SplitBehavior.MergedWithNext).Open(next);
        if (scheme != PrependScheme.Never)
        {
            var prefixed = new PrependNormalizer(_replacement, unlessThere: true).Open(next);
            next = scheme == PrependScheme.First ? new AtStart(prefixed, next) : prefixed;
        }
        return new ReplaceNormalizer(TextPattern.Of(" "), _replacement).Open(next);
    }

    // What begins with the replacement gets none in front, at the beginning of a text or not.
    public override Seam At(int left, int right) => split && IsSpace(right) && !IsSpace(left) ? Seam.Cut : Seam.Unknown;

    private bool IsSpace(int character) => character == ' ' || character == replacement.Value;

    /// <summary>The piece at the beginning of the text goes one way, those that follow the other.</summary>
    private sealed class AtStart(PieceSink first, PieceSink others) : PieceSink
    {
        public override void Take(Piece piece) => (piece.Start == 0 ? first : others).Take(piece);
    }
}
