namespace LapeOps.Tokenization.Models;

/// <summary>
/// Where a text may be cut without changing its tokens: between two characters that end the left and begin the right token of no merge.
/// No merge ever joins what stands on the two sides, and what happens on one side changes nothing on the other.
/// </summary>
/// <param name="joints">What merges join.</param>
/// <param name="characters">The characters that are tokens.</param>
/// <param name="options">The model's.</param>
internal sealed class BpeSeams(BpeJoints joints, Dictionary<int, int> characters, BpeOptions options)
{
    /// <summary>The next place after <paramref name="first"/> where the text may be cut, at last its end.</summary>
    public int Next(ReadOnlySpan<char> text, int first)
    {
        var at = first;
        var previous = -1;
        foreach (var rune in text[first..].EnumerateRunes())
        {
            if (previous >= 0 && MayCut(previous, rune.Value))
                return at;
            previous = rune.Value;
            at += rune.Utf16SequenceLength;
        }
        return at;
    }

    private bool MayCut(int left, int right)
    {
        if (joints.Has(left, right))
            return false;
        var unknown = (characters.ContainsKey(left) ? 0 : 1) + (characters.ContainsKey(right) ? 0 : 1);
        // What vanishes brings those beside it together.
        return unknown == 0 || (options.Unknown is not null && !(unknown == 2 && options.FuseUnknown));
    }
}
