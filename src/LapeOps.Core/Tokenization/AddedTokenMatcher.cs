using System.Buffers;
using System.Text;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization;

/// <summary>Finds added tokens in text: the leftmost first, of those that begin at one place the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly AddedToken[] _tokens;
    private readonly TokenTrie _trie;
    private readonly SearchValues<char> _starts;
    private readonly Lazy<AddedTokenSeams> _seams;

    /// <summary>A matcher for these tokens.</summary>
    public AddedTokenMatcher(IEnumerable<AddedToken> tokens)
    {
        _tokens = [.. tokens.Where(t => t.Pattern.Length > 0)];
        _trie = new([.. _tokens.Select(t => t.Pattern)], [.. Enumerable.Range(0, _tokens.Length)]);
        _starts = SearchValues.Create(_trie.Starts);
        _seams = new(() => new(_tokens));
    }

    /// <summary>Whether a text may be cut between these: no token goes across, and none looks across.</summary>
    public bool MayPart(char left, char right) => _tokens.Length == 0 || _seams.Value.MayPart(left, right);

    /// <summary>
    /// A stage that puts the ids of tokens into <paramref name="ids"/> and the text between them into <paramref name="next"/>.
    /// </summary>
    public PieceSink Open(TokenCollector ids, PieceSink next) => _tokens.Length == 0 ? next : new Stage(this, ids, next);

    private AddedToken? Longest(ReadOnlySpan<char> text)
    {
        var longest = -1;
        var node = TokenTrie.Root;
        foreach (var character in text)
        {
            node = _trie.Next(node, character);
            if (node == TokenTrie.Root)
                break;
            if (_trie.Id(node) is >= 0 and var id)
                longest = id;
        }
        return longest < 0 ? null : _tokens[longest];
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int first, int end)
    {
        Rune.DecodeLastFromUtf16(text[..first], out var before, out var widthBefore);
        Rune.DecodeFromUtf16(text[end..], out var after, out var widthAfter);
        var word = UnicodeProperties.Word;
        return (widthBefore == 0 || !word.Contains(before.Value)) && (widthAfter == 0 || !word.Contains(after.Value));
    }

    private sealed class Stage(AddedTokenMatcher matcher, TokenCollector ids, PieceSink next) : PieceSink
    {
        // White space is in the basic multilingual plane: one UTF-16 unit a character.
        private static bool IsSpace(char character) => UnicodeProperties.WhiteSpace.Contains(character);

        public override void Take(Piece piece)
        {
            var text = piece.Text;
            var done = 0;
            var at = 0;
            while (text[at..].IndexOfAny(matcher._starts) is >= 0 and var skip)
            {
                var first = at + skip;
                var token = matcher.Longest(text[first..]);
                at = first + (token?.Pattern.Length ?? 1);
                if (token is null)
                    continue;
                var end = at;
                if (token.SingleWord && !StandsAlone(text, first, end))
                    continue;
                while (token.StripLeft && first > done && IsSpace(text[first - 1]))
                    first--;
                while (token.StripRight && end < text.Length && IsSpace(text[end]))
                    end++;
                if (first > done)
                    next.Take(piece.Slice(done, first));
                ids.Add(token.Id, piece.Source(first, end));
                done = end;
            }
            if (done < text.Length)
                next.Take(piece.Slice(done, text.Length));
        }
    }
}
