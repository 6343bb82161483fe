using System.Globalization;
using System.Text;

namespace LapeOps.Chat.Jinja;

/// <summary>
/// Values as JSON, as transformers' <c>tojson</c> writes it: <c>json.dumps</c> of Python with <c>ensure_ascii=False</c> where nothing else is asked for, so ", " and ": "
/// without an indentation, and characters beyond ASCII as they are.
/// </summary>
internal sealed class JsonText
{
    private readonly Rendering _rendering;
    private readonly string? _indent;
    private readonly (string Item, string Key) _separators;
    private readonly bool _ascii;
    private readonly bool _sorted;
    private readonly StringBuilder _text = new();
    private int _depth;

    private JsonText(Rendering rendering, string? indent, (string, string)? separators, bool ascii, bool sorted)
    {
        _rendering = rendering;
        _indent = indent;
        _separators = separators ?? (indent is null ? ", " : ",", ": ");
        _ascii = ascii;
        _sorted = sorted;
    }

    /// <summary>The filter.</summary>
    public static string Of(Rendering rendering, object? value, Arguments arguments)
    {
        arguments.Takes("ensure_ascii", "indent", "separators", "sort_keys");
        var indent = Indent(rendering, arguments.Value(1, "indent", null));
        var separators = Separators(rendering, arguments.Value(2, "separators", null));
        var writer = new JsonText(rendering, indent, separators, arguments.Flag(0, "ensure_ascii"), arguments.Flag(3, "sort_keys"));
        writer.Write(value);
        return writer._text.ToString();
    }

    private static string? Indent(Rendering rendering, object? value)
    {
        if (value is null or string)
            return (string?)value;
        var width = Kinds.Whole(value) ?? throw rendering.Failed($"{Kinds.Name(value)} is no indentation");
        rendering.Reserve(Math.Max(0, width));
        return new string(' ', (int)Math.Max(0, width));
    }

    private static (string, string)? Separators(Rendering rendering, object? value) => value switch
    {
        null => null,
        ListValue { Items: [string item, string key] } => (item, key),
        _ => throw rendering.Failed($"{Kinds.Name(value)} is not the two separators of tojson"),
    };

    private void Write(object? value)
    {
        _rendering.Enter();
        switch (value)
        {
            case null:
                Add("null");
                break;
            case bool flag:
                Add(flag ? "true" : "false");
                break;
            case long number:
                Add(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                Add(double.IsFinite(number) ? PythonText.Of(number) : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
            case string text:
                Quote(text);
                break;
            case ListValue { Kind: ListKind.List or ListKind.Tuple } list:
                All('[', list.Items, item => Write(item), ']');
                break;
            case MapValue map:
                All('{', _sorted ? map.Items.OrderBy(i => i.Key, StringComparer.Ordinal).ToArray() : [.. map.Items], item =>
                {
                    Quote(item.Key);
                    Add(_separators.Key);
                    Write(item.Value);
                }, '}');
                break;
            default:
                throw _rendering.Failed($"{Kinds.Name(value)} cannot be written as JSON");
        }
        _rendering.Leave();
    }

    private void All<T>(char begin, IReadOnlyList<T> items, Action<T> write, char end)
    {
        _text.Append(begin);
        _depth++;
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                Add(_separators.Item);
            NewLine();
            write(items[i]);
        }
        _depth--;
        if (items.Count > 0)
            NewLine();
        _text.Append(end);
    }

    private void NewLine()
    {
        if (_indent is null)
            return;
        Add("\n");
        for (var i = 0; i < _depth; i++)
            Add(_indent);
    }

    private void Quote(string text)
    {
        _rendering.Reserve(text.Length, _text.Length);
        _text.Append('"');
        foreach (var c in text)
        {
            const string escaped = "\"\\\n\r\t\b\f", letters = "\"\\nrtbf";
            if (escaped.IndexOf(c) is >= 0 and var at)
                _text.Append('\\').Append(letters[at]);
            else if (c < ' ' || (_ascii && c > '\x7e'))
                _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                _text.Append(c);
        }
        _text.Append('"');
    }

    private void Add(string text)
    {
        _rendering.Reserve(text.Length, _text.Length);
        _text.Append(text);
    }
}
