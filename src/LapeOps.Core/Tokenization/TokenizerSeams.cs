using System.Buffers;
using System.Text;
using LapeOps.Tokenization.PreTokenizers;

namespace LapeOps.Tokenization;

/// <summary>
/// Where a text may be cut so that the ids of its parts, one after another, are those of the whole: where no added token goes across,
/// normalization changes nothing nearby, and the pre-tokenizer certainly cuts. A place that may be one but is not certain is none.
/// </summary>
internal sealed class TokenizerSeams(TokenizerParts parts, AddedTokenMatcher plainTokens, AddedTokenMatcher normalizedTokens)
{
    // Characters that are looked at on each side; normalizers one after another need one more each.
    private const int Reach = 4;

    /// <summary>The last seam of a text that is the beginning, or from anywhere in the midst, of another; 0 where there is none.</summary>
    public int Last(ReadOnlySpan<char> text)
    {
        Span<int> window = stackalloc int[2 * Reach];
        for (var at = text.Length - 1; at > 0; at--)
            if (plainTokens.MayPart(text[at - 1], text[at]) && Fill(window, text, at) && IsSeam(window, text[at - 1], text[at]))
                return at;
        return 0;
    }

    private bool IsSeam(ReadOnlySpan<int> window, char left, char right) =>
        parts.Normalizer.Keeps(window)
        && normalizedTokens.MayPart(left, right)
        && parts.PreTokenizer.At(window[Reach - 1], window[Reach]) == Seam.Cut;

    /// <summary>The code points around a place; false where there are too few, or halves of surrogate pairs.</summary>
    private static bool Fill(Span<int> window, ReadOnlySpan<char> text, int at)
    {
        var before = text[..at];
        var after = text[at..];
        for (var i = 0; i < Reach; i++)
        {
            if (Rune.DecodeLastFromUtf16(before, out var left, out var leftWidth) != OperationStatus.Done
                || Rune.DecodeFromUtf16(after, out var right, out var rightWidth) != OperationStatus.Done)
                return false;
            (window[Reach - 1 - i], window[Reach + i]) = (left.Value, right.Value);
            before = before[..^leftWidth];
            after = after[rightWidth..];
        }
        return true;
    }
}
