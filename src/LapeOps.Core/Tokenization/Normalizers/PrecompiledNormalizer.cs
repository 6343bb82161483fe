using System.Text;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Normalizers;

/// <summary>
/// SentencePiece's table of replacements. The library tokenizers looks a grapheme cluster of less than 6 bytes up as a whole, puts the
/// replacement of its shortest beginning in place of all of it, and goes by code points otherwise; SentencePiece itself replaces the longest
/// match at each place.
/// </summary>
internal sealed class PrecompiledNormalizer(CharsMap map, bool longestMatch) : Normalizer
{
    private const int LongestCluster = 5;

    /// <summary>Reads <c>{"precompiled_charsmap": BASE64}</c>; without one nothing is replaced.</summary>
    public static new Normalizer Read(TokenizerSection section)
    {
        if (section.OptionalText("precompiled_charsmap") is not { Length: > 0 } text)
            return None;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) && CharsMap.Read(bytes.AsSpan(0, count)) is { } map
            ? new PrecompiledNormalizer(map, longestMatch: false)
            : throw section.Invalid("precompiled_charsmap is no table of SentencePiece in base 64");
    }

    public override PieceSink Open(PieceSink next) => longestMatch ? new LongestStage(map, next) : new ClusterStage(map, next);

    // Printable ASCII characters side by side are clusters of their own, but for the ends.
    public override bool Keeps(ReadOnlySpan<int> window)
    {
        foreach (var character in window)
            if (longestMatch || character is < ' ' or > '~' || (map.Shortest([(char)character]) is { } replacement && replacement != $"{(char)character}"))
                return false;
        return true;
    }

    private sealed class LongestStage(CharsMap map, PieceSink next) : RewritingStage(next)
    {
        protected override bool Changes(ReadOnlySpan<char> text) => true;

        protected override void Rewrite(Piece piece, PieceBuffer output)
        {
            for (var at = 0; at < piece.Text.Length;)
            {
                if (map.Longest(piece.Text[at..], out var length) is { } replacement)
                {
                    output.Add(replacement, piece.Source(at, at + length));
                }
                else
                {
                    length = char.IsHighSurrogate(piece.Text[at]) ? 2 : 1;
                    output.Copy(piece, at, at + length);
                }
                at += length;
            }
        }
    }

    private sealed class ClusterStage(CharsMap map, PieceSink next) : RewritingStage(next)
    {
        protected override bool Changes(ReadOnlySpan<char> text) => true;

        protected override void Rewrite(Piece piece, PieceBuffer output)
        {
            for (int at = 0, end; at < piece.Text.Length; at = end)
            {
                end = GraphemeClusters.End(piece.Text, at);
                var cluster = piece.Text[at..end];
                if (Encoding.UTF8.GetByteCount(cluster) <= LongestCluster && map.Shortest(cluster) is { } whole)
                    output.Add(whole, piece.Source(at, end));
                else
                    ByCharacter(piece, at, end, output);
            }
        }

        private void ByCharacter(Piece piece, int at, int end, PieceBuffer output)
        {
            foreach (var rune in piece.Text[at..end].EnumerateRunes())
            {
                var next = at + rune.Utf16SequenceLength;
                if (map.Shortest(piece.Text[at..next]) is { } replacement)
                    output.Add(replacement, piece.Source(at, next));
                else
                    output.Copy(piece, at, next);
                at = next;
            }
        }
    }
}
