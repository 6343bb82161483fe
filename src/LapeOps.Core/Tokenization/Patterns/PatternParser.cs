using System.Globalization;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Patterns;

/// <summary>
/// Parses the part of Oniguruma's Ruby syntax (doc/RE) that tokenizers use: literals, classes, <c>\p{..} \s \S \d \D</c>, groups,
/// alternation, <c>(?i:..)</c> over ASCII, greedy and possessive quantifiers, <c>(?=..) (?!..) (?&gt;..)</c>.
/// Anything else is a <see cref="PatternException"/> that names it.
/// </summary>
internal sealed partial class PatternParser
{
    private const int MostCharacters = 4096;
    private const int MostDepth = 50;
    private const int MostRepeats = 1000;

    private static readonly (string Opening, bool IgnoresCase, Func<PatternNode, PatternNode> Wrap)[] Groups =
    [
        ("(?:", false, body => body),
        ("(?i:", true, body => body),
        ("(?=", false, body => new LookaheadNode(body, Negative: false)),
        ("(?!", false, body => new LookaheadNode(body, Negative: true)),
        ("(?>", false, body => new AtomicNode(body)),
        ("(", false, body => body),
    ];

    private readonly string _text;
    private int _at;
    private int _depth;
    private bool _ignoreCase;

    private PatternParser(string text) => _text = text;

    /// <summary>Parses a whole pattern.</summary>
    public static PatternNode Parse(string text)
    {
        if (text.Length > MostCharacters)
            throw new PatternException($"that it has more than {MostCharacters} characters");
        var parser = new PatternParser(text);
        var node = parser.Alternation();
        return parser._at == text.Length ? node : throw parser.Refuse("a closing parenthesis without an opening one");
    }

    private bool AtEnd => _at >= _text.Length;

    private char Current => AtEnd ? '\0' : _text[_at];

    private PatternException Refuse(string what) => new($"{what} at character {_at}");

    private bool Take(string text)
    {
        if (string.CompareOrdinal(_text, _at, text, 0, text.Length) != 0)
            return false;
        _at += text.Length;
        return true;
    }

    private PatternNode Alternation()
    {
        if (++_depth > MostDepth)
            throw Refuse($"groups nested more than {MostDepth} deep");
        var alternatives = new List<PatternNode> { Sequence() };
        while (Take("|"))
            alternatives.Add(Sequence());
        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new AlternationNode(alternatives);
    }

    private PatternNode Sequence()
    {
        var parts = new List<PatternNode>();
        while (!AtEnd && Current is not ('|' or ')'))
        {
            var start = _at;
            parts.Add(Quantified(Atom()));
            if (_ignoreCase && FoldsWithNeighbour(start))
                throw Refuse("two letters under (?i) that Unicode also folds to one (ss, ff, fi, fl, st)");
        }
        return parts.Count == 1 ? parts[0] : new SequenceNode(parts);
    }

    /// <summary>
    /// Whether the literal at <paramref name="at"/> and the next one are the case folding of a single letter (CaseFolding.txt, status F).
    /// </summary>
    private bool FoldsWithNeighbour(int at) =>
        at + 2 <= _text.Length && _text.Substring(at, 2).ToLowerInvariant() is "ss" or "ff" or "fi" or "fl" or "st";

    private PatternNode Atom()
    {
        switch (Current)
        {
            case '(':
                return Group();
            case '[':
                return new SetNode(Class());
            case '.':
                _at++;
                return new SetNode(CodePointSet.Range('\n', '\n').Complement());
            case '\\':
                return new SetNode(Escape(out _));
            case '^' or '$':
                throw Refuse($"the anchor {Current}");
            case '*' or '+' or '?' or '{':
                throw Refuse($"{Current} with nothing to repeat");
            default:
                var literal = Literal();
                return new SetNode(Members(literal, literal));
        }
    }

    private PatternNode Group()
    {
        var outer = _ignoreCase;
        var (opening, ignoresCase, wrap) = Array.Find(Groups, g => Take(g.Opening));
        if (opening == "(" && Current == '?')
            throw Refuse($"the group ({_text.AsSpan(_at, Math.Min(3, _text.Length - _at))}");
        _ignoreCase |= ignoresCase;
        var body = Alternation();
        if (!Take(")"))
            throw Refuse("a group that is not closed");
        _ignoreCase = outer;
        return wrap(body);
    }

    private PatternNode Quantified(PatternNode atom)
    {
        if (!Quantifier(out var least, out var most, out var braces))
            return atom;
        // In Ruby's syntax x{2}+ repeats x{2}, x{2}? is x{2} or nothing: refused rather than taken for what they mean elsewhere.
        var possessive = !braces && Take("+");
        if (Current is '?' or '*' or '+' || (Current == '{' && !possessive))
            throw Refuse("a quantifier (or the lazy mark ?) after a quantifier");
        if (atom.CanBeEmpty)
            throw Refuse("a quantifier after something that can be empty");
        return new RepeatNode(atom, least, most, possessive);
    }

    private bool Quantifier(out int least, out int most, out bool braces)
    {
        (least, most, braces) = Current switch
        {
            '?' => (0, 1, false),
            '*' => (0, RepeatNode.NoLimit, false),
            '+' => (1, RepeatNode.NoLimit, false),
            '{' => (0, 0, true),
            _ => (-1, -1, false),
        };
        if (least < 0)
            return false;
        _at++;
        if (braces)
            (least, most) = Braces();
        return true;
    }

    /// <summary>What stands between the braces of {n}, {n,}, {,m} and {n,m}.</summary>
    private (int Least, int Most) Braces()
    {
        var least = Number();
        var most = least;
        if (Take(","))
        {
            most = Number() ?? RepeatNode.NoLimit;
            least ??= most == RepeatNode.NoLimit ? null : 0;
        }
        if (!Take("}") || least is null || most < least)
            throw Refuse("a brace that makes no quantifier");
        return (least.Value, most!.Value);
    }

    private int? Number()
    {
        var start = _at;
        while (char.IsAsciiDigit(Current))
            _at++;
        if (start == _at)
            return null;
        var digits = _text.AsSpan(start, _at - start);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MostRepeats
            ? number
            : throw Refuse($"a quantifier above {MostRepeats}");
    }
}
