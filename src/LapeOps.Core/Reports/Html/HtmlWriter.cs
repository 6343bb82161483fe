using System.Globalization;
using System.Text;

namespace LapeOps.Reports.Html;

/// <summary>
/// Writes HTML that is XML at the same time. Everything written is escaped; there is no way to write markup but to open an element. What
/// could hide or disguise text is made visible: control characters as their pictures, bidirectional overrides and isolates by their numbers.
/// </summary>
internal sealed class HtmlWriter
{
    // After these a line break changes nothing that is shown.
    private static readonly HashSet<string> _lines =
    [
        "html", "head", "meta", "link", "title", "style", "script", "body", "header", "main", "footer", "nav", "section", "h1", "h2", "h3", "p", "div", "ul", "li", "figure",
        "figcaption", "details", "table", "caption", "thead", "tbody", "tr", "svg", "g", "rect", "line", "polyline", "circle", "text", "desc",
    ];

    private readonly StringBuilder _text = new("<!DOCTYPE html>");
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element; attributes that are null are left out.</summary>
    public HtmlWriter Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Begin(name, attributes);
        _text.Append('>');
        _open.Push(name);
        return this;
    }

    /// <summary>Closes the innermost element.</summary>
    public HtmlWriter Close()
    {
        _text.Append("</").Append(_open.Pop()).Append('>');
        return this;
    }

    /// <summary>An element without content.</summary>
    public HtmlWriter Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Begin(name, attributes);
        _text.Append("/>");
        return this;
    }

    /// <summary>An element with text in it.</summary>
    public HtmlWriter Element(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Open(name, attributes).Write(text).Close();

    /// <summary>Writes text.</summary>
    public HtmlWriter Write(string text)
    {
        Escape(text);
        return this;
    }

    /// <summary>Embeds a style or script of our own, which must be the same read as HTML and as XML.</summary>
    public HtmlWriter Code(string name, string code)
    {
        if (code.AsSpan().ContainsAny('<', '&'))
            throw new ArgumentException($"The {name} has a '<' or '&', which HTML and XML read differently.", nameof(code));
        Begin(name, []);
        _text.Append('>').Append(code).Append("</").Append(name).Append('>');
        return this;
    }

    /// <summary>What was written.</summary>
    public override string ToString() => _text + "\n";

    private void Begin(string name, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        if (_lines.Contains(name))
            _text.Append('\n');
        _text.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
            if (value is not null)
            {
                _text.Append(' ').Append(attribute).Append("=\"");
                Escape(value);
                _text.Append('"');
            }
    }

    private void Escape(string text)
    {
        foreach (var rune in text.EnumerateRunes()) // half a surrogate pair comes as U+FFFD
            _ = rune.Value switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                '\n' => _text.Append('\n'),
                '\t' => _text.Append('\t'),
                < 0x20 => _text.Append((char)(0x2400 + rune.Value)),
                0x7f => _text.Append('\u2421'),
                (>= 0x80 and < 0xa0) or (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) => _text.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]"),
                0xfffe or 0xffff => _text.Append('\ufffd'),
                _ => _text.Append(rune.ToString()),
            };
    }
}
