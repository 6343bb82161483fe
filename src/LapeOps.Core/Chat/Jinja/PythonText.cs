using System.Globalization;
using System.Text;

namespace LapeOps.Chat.Jinja;

/// <summary>Values as Python's <c>str</c> and <c>repr</c> show them, and what Python takes for whitespace.</summary>
internal sealed class PythonText
{
    private readonly Rendering _rendering;
    private readonly StringBuilder _text = new();

    private PythonText(Rendering rendering) => _rendering = rendering;

    /// <summary>A value as <c>str</c> shows it; what is undefined as nothing.</summary>
    public static string Of(Rendering rendering, object? value)
    {
        if (value is string text)
            return text;
        var writer = new PythonText(rendering);
        if (value is not Undefined)
            writer.Show(value);
        return writer._text.ToString();
    }

    /// <summary>Whether <c>str.isspace</c> holds: Unicode's whitespace and the separators U+001C to U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>A text without whitespace at its end.</summary>
    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary>A number as <c>repr</c> shows it: the shortest digits, with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Of(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        var plain = value.ToString("R", CultureInfo.InvariantCulture);
        var power = plain.IndexOf('E');
        var mantissa = power < 0 ? plain : plain[..power];
        var digits = string.Concat(mantissa.Where(char.IsAsciiDigit)).TrimStart('0').TrimEnd('0');
        var sign = double.IsNegative(value) ? "-" : "";
        if (digits.Length == 0)
            return sign + "0.0";
        var exponent = power < 0 ? Exponent(plain) : int.Parse(plain.AsSpan(power + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is < -4 or >= 16)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        digits = digits.PadRight(exponent + 1, '0');
        return $"{sign}{digits[..(exponent + 1)]}.{(digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "0")}";
    }

    // Of the first digit that is not zero, in a number without an exponent of its own.
    private static int Exponent(string plain)
    {
        var point = plain.IndexOf('.');
        var first = plain.AsSpan().IndexOfAnyInRange('1', '9');
        return point < 0 ? plain.Length - first - 1 : first < point ? point - first - 1 : point - first;
    }

    private void Show(object? value)
    {
        _rendering.Enter();
        switch (value)
        {
            case null:
                Add("None");
                break;
            case bool flag:
                Add(flag ? "True" : "False");
                break;
            case long number:
                Add(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                Add(Of(number));
                break;
            case string text:
                Quote(text);
                break;
            case ListValue { Kind: ListKind.List } list:
                All("[", list.Items, Show, "]");
                break;
            case ListValue { Kind: ListKind.Tuple } tuple:
                All("(", tuple.Items, Show, tuple.Items.Count == 1 ? ",)" : ")");
                break;
            case MapValue map:
                All("{", map.Items, item =>
                {
                    Quote(item.Key);
                    Add(": ");
                    Show(item.Value);
                }, "}");
                break;
            default:
                throw _rendering.Unsupported($"{Kinds.Name(value)} as text");
        }
        _rendering.Leave();
    }

    private void All<T>(string begin, IEnumerable<T> items, Action<T> show, string end)
    {
        Add(begin);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
                Add(", ");
            first = false;
            show(item);
        }
        Add(end);
    }

    private void Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        _rendering.Reserve(text.Length, _text.Length);
        _text.Append(quote);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == quote || c == '\\')
                _text.Append('\\').Append(c);
            else if (c is '\n' or '\r' or '\t')
                _text.Append('\\').Append(c switch { '\n' => 'n', '\r' => 'r', _ => 't' });
            else if (char.IsSurrogatePair(text, i) && IsPrintable(CharUnicodeInfo.GetUnicodeCategory(text, i)))
                _text.Append(c).Append(text[++i]);
            else if (char.IsSurrogatePair(text, i))
                _text.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(c, text[++i]):x8}");
            else if (c == ' ' || IsPrintable(char.GetUnicodeCategory(c)))
                _text.Append(c);
            else
                _text.Append(c < 0x100 ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));
        }
        _text.Append(quote);
    }

    // str.isprintable: neither of the categories "Other" nor of "Separator".
    private static bool IsPrintable(UnicodeCategory category) => category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private void Add(string text)
    {
        _rendering.Reserve(text.Length, _text.Length);
        _text.Append(text);
    }
}
