using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization;

/// <summary>Between which characters no added token can be, nor the white space that it takes along, nor the neighbour that it looks at.</summary>
internal sealed class AddedTokenSeams
{
    private readonly HashSet<(char Left, char Right)> _within = [];
    private readonly HashSet<char> _lookingAhead = [];
    private readonly HashSet<char> _lookingBack = [];
    private readonly bool _strips;

    /// <summary>The seams of these tokens.</summary>
    public AddedTokenSeams(IReadOnlyList<AddedToken> tokens)
    {
        foreach (var token in tokens)
        {
            var text = token.Pattern;
            for (var i = 1; i < text.Length; i++)
                _within.Add((text[i - 1], text[i]));
            if (token.StripRight || token.SingleWord)
                _lookingAhead.Add(text[^1]);
            if (token.SingleWord)
                _lookingBack.Add(text[0]);
            _strips |= token.StripLeft || token.StripRight;
        }
    }

    /// <summary>Whether a text may be cut between these.</summary>
    public bool MayPart(char left, char right) =>
        !_within.Contains((left, right)) && !_lookingAhead.Contains(left) && !_lookingBack.Contains(right)
        // White space on both sides may all belong to a token beyond it.
        && !(_strips && UnicodeProperties.WhiteSpace.Contains(left));
}
