using System.Globalization;
using System.Text;

namespace LapeOps.Chat.Jinja;

/// <summary>
/// Cuts a template into tokens as Jinja 3.1 does with <c>trim_blocks</c> and <c>lstrip_blocks</c> on: the newline after a block or comment
/// is dropped, and so is the indentation before one; one newline at the template's end is dropped.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly TemplateErrors _errors;
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly Stack<char> _open = new();
    private int _at;
    private int _line = 1;
    private int _counted;

    private TemplateLexer(string source, TemplateErrors errors)
    {
        _errors = errors;
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        _source = source.EndsWith('\n') ? source[..^1] : source;
    }

    /// <summary>The tokens of a template, the last one <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="LapeException">ChatTemplateInvalid; ChatTemplateUnsupported.</exception>
    public static List<Token> Read(string source, TemplateErrors errors)
    {
        var lexer = new TemplateLexer(source, errors);
        lexer.Read();
        return lexer._tokens;
    }

    private void Read()
    {
        for (var tag = NextTag(); tag >= 0; tag = NextTag())
        {
            var kind = _source[tag + 1];
            AddText(tag, kind);
            if (kind == '#')
                SkipComment();
            else if (kind == '{')
                Expression(TokenKind.OutputBegin, TokenKind.OutputEnd, "}}");
            else if (!Raw())
                Expression(TokenKind.BlockBegin, TokenKind.BlockEnd, "%}");
        }
        if (_at < _source.Length)
            Add(TokenKind.Text, _source[_at..]);
        _at = _source.Length;
        Add(TokenKind.End, "");
    }

    private int NextTag()
    {
        for (var at = _source.IndexOf('{', _at); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
            if (_source[at + 1] is '{' or '%' or '#')
                return at;
        return -1;
    }

    // The text before a tag, without the whitespace that the tag takes with it; the position is then after the tag's sign.
    private void AddText(int tag, char kind)
    {
        var text = _source[_at..tag];
        var lineStarts = _at == 0 || _source[_at - 1] == '\n';
        var sign = tag + 2 < _source.Length ? _source[tag + 2] : ' ';
        if (sign == '-')
        {
            text = PythonText.TrimEnd(text);
        }
        else if (sign != '+' && kind != '{')
        {
            var line = text.LastIndexOf('\n') + 1;
            if ((line > 0 || lineStarts) && text.Skip(line).All(PythonText.IsSpace))
                text = text[..line];
        }
        if (text.Length > 0)
            Add(TokenKind.Text, text);
        _at = tag + (sign is '-' or '+' ? 3 : 2);
    }

    private void SkipComment()
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
            throw Invalid("a comment has no end");
        var sign = end > _at ? _source[end - 1] : ' ';
        _at = end + 2;
        SkipAfter(sign, trimsNewline: true);
    }

    // Whether a raw block stood here.
    private bool Raw()
    {
        var begin = AfterWord(_at, "raw");
        if (begin < 0)
            return false;
        _at = begin;
        for (var tag = _source.IndexOf("{%", _at, StringComparison.Ordinal); tag >= 0; tag = _source.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            var inside = tag + 2 + (tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? 1 : 0);
            var end = AfterWord(inside, "endraw");
            if (end < 0)
                continue;
            AddText(tag, '%');
            var trims = _source[end - 1] == '}' && end < _source.Length && _source[end] == '\n';
            _at = trims ? end + 1 : end;
            return true;
        }
        throw Invalid("a raw block has no endraw");
    }

    // The position after "raw %}" with its spaces and sign, or -1.
    private int AfterWord(int at, string word)
    {
        at = SkipSpace(at);
        if (string.CompareOrdinal(_source, at, word, 0, word.Length) != 0)
            return -1;
        at = SkipSpace(at + word.Length);
        if (string.CompareOrdinal(_source, at, "-%}", 0, 3) == 0)
            return SkipSpace(at + 3);
        return string.CompareOrdinal(_source, at, "%}", 0, 2) == 0 ? at + 2 : -1;
    }

    private void Expression(TokenKind begin, TokenKind endKind, string end)
    {
        Add(begin, "");
        for (; ; )
        {
            _at = SkipSpace(_at);
            if (_at >= _source.Length)
                throw Invalid($"a tag has no {end}");
            var sign = _source[_at] is '-' or '+' ? _source[_at] : ' ';
            var signed = sign == '-' || (sign == '+' && endKind == TokenKind.BlockEnd) ? 1 : 0;
            if (_open.Count == 0 && string.CompareOrdinal(_source, _at + signed, end, 0, 2) == 0)
            {
                Add(endKind, "");
                _at += signed + 2;
                SkipAfter(sign, trimsNewline: endKind == TokenKind.BlockEnd);
                return;
            }
            ReadToken();
        }
    }

    private void SkipAfter(char sign, bool trimsNewline)
    {
        if (sign == '-')
            _at = SkipSpace(_at);
        else if (sign != '+' && trimsNewline && _at < _source.Length && _source[_at] == '\n')
            _at++;
    }

    private void ReadToken()
    {
        var first = _source[_at];
        if (first is '"' or '\'')
            ReadString(first);
        else if (char.IsAsciiDigit(first))
            ReadNumber();
        else if (char.IsLetter(first) || first == '_')
            Take(TokenKind.Name, EndOf(_at, c => char.IsLetterOrDigit(c) || c == '_'));
        else
            ReadOperator();
    }

    private void ReadOperator()
    {
        var text = Operators.FirstOrDefault(o => string.CompareOrdinal(_source, _at, o, 0, o.Length) == 0)
            ?? throw Invalid($"the character {TemplateErrors.Quote(_source[_at].ToString())} has no meaning here");
        if (text[0] is '(' or '[' or '{')
            _open.Push(text[0] switch { '(' => ')', '[' => ']', _ => '}' });
        else if (text[0] is ')' or ']' or '}' && (!_open.TryPop(out var expected) || expected != text[0]))
            throw Invalid($"{text} closes nothing");
        Add(TokenKind.Operator, text);
        _at += text.Length;
    }

    private void ReadNumber()
    {
        var end = EndOf(_at, IsDigit);
        var kind = TokenKind.Integer;
        // After a point a number is a place, as in "x.0.1".
        var isPlace = _tokens[^1].IsOperator(".");
        if (!isPlace && end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]))
            (kind, end) = (TokenKind.Float, EndOf(end + 1, IsDigit));
        if (!isPlace && end < _source.Length && _source[end] is 'e' or 'E')
        {
            var digits = end + 1 < _source.Length && _source[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (digits < _source.Length && char.IsAsciiDigit(_source[digits]))
                (kind, end) = (TokenKind.Float, EndOf(digits, IsDigit));
        }
        Take(kind, end);

        static bool IsDigit(char c) => char.IsAsciiDigit(c) || c == '_';
    }

    private void ReadString(char quote)
    {
        var text = new StringBuilder();
        var at = _at + 1;
        while (at < _source.Length && _source[at] != quote)
        {
            if (_source[at] == '\\' && at + 1 < _source.Length)
                at = Unescape(at + 1, text);
            else
                text.Append(_source[at++]);
        }
        if (at >= _source.Length)
            throw Invalid("a text literal has no end");
        Add(TokenKind.String, text.ToString());
        _at = at + 1;
    }

    // Escapes of Python's text literals (Language Reference 2.4.1.1); an unknown one stays as it is.
    private int Unescape(int at, StringBuilder text)
    {
        var letter = _source[at];
        var digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (at + digits >= _source.Length || !uint.TryParse(_source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                || code > 0x10FFFF)
                throw Invalid($"\\{letter} needs {digits} hexadecimal digits of a character");
            text.Append(code is >= 0xD800 and <= 0xDFFF or < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32((int)code));
            return at + 1 + digits;
        }
        if (letter is 'N' or (>= '0' and <= '7'))
            throw _errors.Unsupported(LineHere(), $"the escape \\{letter}");
        const string letters = "\n\\'\"abfnrtv", meanings = "\0\\'\"\a\b\f\n\r\t\v";
        var known = letters.IndexOf(letter);
        if (known < 0)
            text.Append('\\').Append(letter);
        else if (letter != '\n')
            text.Append(meanings[known]);
        return at + 1;
    }

    private int SkipSpace(int at) => EndOf(at, PythonText.IsSpace);

    private int EndOf(int at, Func<char, bool> holds)
    {
        while (at < _source.Length && holds(_source[at]))
            at++;
        return at;
    }

    private void Take(TokenKind kind, int end)
    {
        Add(kind, _source[_at..end]);
        _at = end;
    }

    private void Add(TokenKind kind, string text) => _tokens.Add(new(kind, text, LineHere()));

    private int LineHere()
    {
        _line += _source.AsSpan(_counted, _at - _counted).Count('\n');
        _counted = _at;
        return _line;
    }

    private LapeException Invalid(string what) => _errors.Invalid(LineHere(), what);
}
