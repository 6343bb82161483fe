using System.Globalization;
using System.Text;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Patterns;

/// <content>Literals, classes, escapes and properties: whatever stands for a set of characters.</content>
internal sealed partial class PatternParser
{
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
        var range = CodePointSet.Range(first, last);
        if (!_ignoreCase)
            return range;
        if (last >= 0x80 && Enumerable.Range(first, last - first + 1).Any(c => c >= 0x80 && MayHaveCase(c)))
            throw Refuse("a character outside ASCII that may have another case, under (?i)");
        var set = range;
        for (var lower = 'a'; lower <= 'z'; lower++)
        {
            var upper = char.ToUpperInvariant(lower);
            if (range.Contains(lower) || range.Contains(upper))
                set = CodePointSet.Union(set, CodePointSet.Range(lower, lower), CodePointSet.Range(upper, upper), Folding(lower));
        }
        return set;
    }

    private static CodePointSet Folding(char lower) => lower switch
    {
        's' => CodePointSet.Range(0x17F, 0x17F),
        'k' => CodePointSet.Range(0x212A, 0x212A),
        _ => CodePointSet.Empty,
    };

    private static bool MayHaveCase(int codePoint) =>
        new[] { "L", "M", "N", "So" }.Any(c => UnicodeProperties.Category(c)!.Contains(codePoint));

    /// <summary>An escape as a set; <paramref name="literal"/> is its code point where it stands for one.</summary>
    private CodePointSet Escape(out int? literal)
    {
        literal = null;
        _at++;
        var letter = Current;
        if (AtEnd)
            throw Refuse("a backslash without a character");
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
