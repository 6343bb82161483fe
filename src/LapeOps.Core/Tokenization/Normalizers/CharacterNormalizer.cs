using System.Text;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Normalizers;

/// <summary>Maps or drops characters one by one.</summary>
internal sealed class CharacterNormalizer(Func<int, int> map) : Normalizer
{
    /// <summary>What a character maps to that is dropped.</summary>
    public const int Dropped = -1;

    public override PieceSink Open(PieceSink next) => new Stage(map, next);

    private sealed class Stage(Func<int, int> map, PieceSink next) : RewritingStage(next)
    {
        protected override bool Changes(ReadOnlySpan<char> text)
        {
            foreach (var rune in text.EnumerateRunes())
                if (map(rune.Value) != rune.Value)
                    return true;
            return false;
        }

        protected override void Rewrite(Piece piece, PieceBuffer output)
        {
            Span<char> units = stackalloc char[2];
            var at = 0;
            foreach (var rune in piece.Text.EnumerateRunes())
            {
                var end = at + rune.Utf16SequenceLength;
                if (map(rune.Value) is not Dropped and var mapped)
                    output.Add(units[..new Rune(mapped).EncodeToUtf16(units)], piece.Source(at, end));
                at = end;
            }
        }
    }
}

/// <summary>Maps each character to its lower case, whatever stands beside it.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    private static readonly ReplaceNormalizer DottedI = new(Patterns.TextPattern.Of("\u0130"), "i\u0307");
    private static readonly CharacterNormalizer Others = new(UnicodeProperties.Lowercase);

    public override PieceSink Open(PieceSink next) => DottedI.Open(Others.Open(next));
}

/// <summary>What SentencePiece's rule nmt does before any other: drops control characters, makes spaces of what is no letter.</summary>
internal static class Nmt
{
    /// <summary>What a character becomes.</summary>
    public static int Map(int codePoint) => codePoint switch
    {
        (>= 0x1 and <= 0x8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F => CharacterNormalizer.Dropped,
        0x9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => codePoint,
    };
}
