using System.Globalization;
using System.Text;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Patterns;

/// <summary>
/// Parses the part of Oniguruma's Ruby syntax (doc/RE) that tokenizers use: literals, classes, <c>\p{..} \s \S \d \D</c>, groups,
/// alternation, <c>(?i:..)</c> over ASCII, greedy and possessive quantifiers, <c>(?=..) (?!..) (?&gt;..)</c>.
/// Anything else is a <see cref="PatternException"/> that names it.
/// </summary>
internal sealed class PatternParser
{
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

    /// <summary>Whether the literal at <paramref name="at"/> and the next one are the case folding of a single letter (CaseFolding.txt, status F).</summary>
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
                return new SetNode(CodePointSet.Of(('\n', '\n')).Complement());
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
        return int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= MostRepeats
            ? n
            : throw Refuse($"a quantifier above {MostRepeats}");
    }

    private CodePointSet Class()
    {
        if (++_depth > MostDepth)
            throw Refuse($"classes nested more than {MostDepth} deep");
        _at++;
        var negated = Take("^");
        var sets = new List<CodePointSet>();
        // A ] right after the opening is a literal.
        for (var first = true; first || Current != ']'; first = false)
        {
            if (AtEnd)
                throw Refuse("a class that is not closed");
            sets.Add(ClassItem());
        }
        _at++;
        _depth--;
        var union = CodePointSet.Union(sets);
        return negated ? union.Complement() : union;
    }

    private CodePointSet ClassItem()
    {
        if (Current == '[')
            return _at + 1 < _text.Length && _text[_at + 1] == ':' ? throw Refuse("a POSIX bracket [:") : Class();
        if (string.CompareOrdinal(_text, _at, "&&", 0, 2) == 0)
            throw Refuse("an intersection &&");
        int? first = null;
        var set = Current == '\\' ? Escape(out first) : null;
        if (set is null)
            first = Literal();
        if (first is null || Current != '-' || _at + 1 >= _text.Length || _text[_at + 1] == ']')
            return set ?? Members(first!.Value, first.Value);
        _at++;
        int? last;
        if (Current == '\\')
            Escape(out last);
        else
            last = Current == '[' ? null : Literal();
        return last >= first ? Members(first.Value, last.Value) : throw Refuse("a range that does not end at a later character");
    }

    private int Literal()
    {
        if (!Rune.TryGetRuneAt(_text, _at, out var rune))
            throw Refuse("half of a surrogate pair");
        _at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    /// <summary>A range, with the other cases of its letters under (?i): U+017F folds to s, U+212A to k.</summary>
    private CodePointSet Members(int first, int last)
    {
        var range = CodePointSet.Of((first, last));
        if (!_ignoreCase)
            return range;
        if (last >= 0x80 && Enumerable.Range(first, last - first + 1).Any(c => c >= 0x80 && MayHaveCase(c)))
            throw Refuse("a character outside ASCII that may have another case, under (?i)");
        var letters = Enumerable.Range('a', 26).Where(c => range.Contains(c) || range.Contains(c - 32)).ToList();
        return CodePointSet.Union(
            range,
            CodePointSet.Of(letters.SelectMany(c => new[] { (c, c), (c - 32, c - 32) })),
            letters.Contains('s') ? CodePointSet.Parse("17F") : CodePointSet.Empty,
            letters.Contains('k') ? CodePointSet.Parse("212A") : CodePointSet.Empty);
    }

    private static bool MayHaveCase(int codePoint) =>
        new[] { "L", "M", "N", "So" }.Any(c => UnicodeProperties.Category(c)!.Contains(codePoint));

    /// <summary>An escape as a set; <paramref name="literal"/> is its code point where it stands for one.</summary>
    private CodePointSet Escape(out int? literal)
    {
        literal = null;
        _at++;
        var letter = Current;
        if (letter is 'p' or 'P')
            return Property();
        if (!char.IsAsciiLetterOrDigit(letter))
            return Single(Literal(), out literal);
        _at++;
        return letter switch
        {
            's' => UnicodeProperties.WhiteSpace,
            'S' => UnicodeProperties.WhiteSpace.Complement(),
            'd' => UnicodeProperties.Category("Nd")!,
            'D' => UnicodeProperties.Category("Nd")!.Complement(),
            'n' => Single('\n', out literal),
            'r' => Single('\r', out literal),
            't' => Single('\t', out literal),
            'f' => Single('\f', out literal),
            'v' => Single('\v', out literal),
            'a' => Single('\a', out literal),
            'e' => Single('\e', out literal),
            'u' => Single(Hex(4), out literal),
            'x' => Single(Take("{") ? HexInBraces() : HexByte(), out literal),
            _ => throw Refuse($"the escape \\{letter}"),
        };
    }

    private CodePointSet Single(int codePoint, out int? literal)
    {
        literal = codePoint;
        return Members(codePoint, codePoint);
    }

    private int HexInBraces()
    {
        var value = Hex(_text.IndexOf('}', _at) - _at);
        _at++;
        return value;
    }

    /// <summary>Oniguruma takes \x80 and above for bytes of UTF-8.</summary>
    private int HexByte() => Hex(2) is var value && value < 0x80 ? value : throw Refuse("the escape \\x above 7F without braces");

    private int Hex(int length)
    {
        if (length <= 0 || _at + length > _text.Length
            || !int.TryParse(_text.AsSpan(_at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || !Rune.IsValid(value))
            throw Refuse("an escape that names no character");
        _at += length;
        return value;
    }

    private CodePointSet Property()
    {
        var start = _at - 1;
        var end = _text.IndexOf('}', _at);
        if (end < 0 || _at + 1 >= _text.Length || _text[_at + 1] != '{')
            throw Refuse("a property without braces");
        var negated = Current == 'P';
        var name = _text[(_at + 2)..end];
        if (name.StartsWith('^'))
            (negated, name) = (!negated, name[1..]);
        var set = UnicodeProperties.Category(name) ?? throw Refuse($"the property {_text[start..(end + 1)]}");
        _at = end + 1;
        return negated ? set.Complement() : set;
    }
}
