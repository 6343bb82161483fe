using System.Buffers;
using System.Text;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization;

/// <summary>Finds added tokens in text: the leftmost first, of those that begin at one place the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Node _root = new();
    private readonly SearchValues<char> _starts;

    /// <summary>A matcher for these tokens.</summary>
    public AddedTokenMatcher(IEnumerable<AddedToken> tokens)
    {
        foreach (var token in tokens)
        {
            var node = _root;
            foreach (var character in token.Content)
                node = node.Add(character);
            node.Token = token;
        }
        _starts = SearchValues.Create([.. _root.Next.Keys]);
    }

    /// <summary>
    /// A stage that puts the ids of tokens into <paramref name="ids"/> and the text between them into <paramref name="next"/>.
    /// </summary>
    public PieceSink Open(TokenCollector ids, PieceSink next) => _root.Next.Count == 0 ? next : new Stage(this, ids, next);

    private AddedToken? Longest(ReadOnlySpan<char> text)
    {
        AddedToken? longest = null;
        var node = _root;
        foreach (var character in text)
        {
            node = node.Find(character);
            if (node is null)
                break;
            longest = node.Token ?? longest;
        }
        return longest;
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
                at = first + (token?.Content.Length ?? 1);
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

    /// <summary>A node of the trie over UTF-16 units.</summary>
    private sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];

        public AddedToken? Token { get; set; }

        public Node? Find(char character) => Next.GetValueOrDefault(character);

        public Node Add(char character) => Find(character) ?? (Next[character] = new());
    }
}
