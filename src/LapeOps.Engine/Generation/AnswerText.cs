using System.Text;
using LapeOps.Tokenization;

namespace LapeOps.Generation;

/// <summary>
/// The text of an answer as its ids come: whole code points only, and nothing that may turn out to be a stop string. A model without a
/// tokenizer answers in ids alone.
/// </summary>
internal sealed class AnswerText(IncrementalDecoder? decoder, IReadOnlyList<string> stops)
{
    private readonly StringBuilder _text = new();
    private int _told;

    /// <summary>The text so far, up to a stop string.</summary>
    public string Text => _text.ToString();

    /// <summary>Takes an id. Returns whether a stop string ended the answer.</summary>
    public bool Push(int id) => Append(decoder?.Push(id) ?? "");

    /// <summary>Takes what is left when no id comes any more. Returns whether a stop string ended the answer.</summary>
    public bool Finish() => Append(decoder?.Flush() ?? "");

    /// <summary>The text that is certain and was not told before; at the <paramref name="end"/>, all of it.</summary>
    public string Tell(bool end)
    {
        var certain = end ? _text.Length : _text.Length - HeldBack();
        if (certain <= _told)
            return "";
        var news = _text.ToString(_told, certain - _told);
        _told = certain;
        return news;
    }

    private bool Append(string news)
    {
        if (news.Length == 0)
            return false;
        var searched = _text.Length;
        _text.Append(news);
        if (stops.Count == 0)
            return false;
        // A stop string may have begun in what was there before.
        var from = Math.Max(0, searched - stops.Max(s => s.Length) + 1);
        var tail = _text.ToString(from, _text.Length - from);
        var found = stops.Select(s => tail.IndexOf(s, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        if (found < 0)
            return false;
        _text.Length = from + found;
        return true;
    }

    // Length of the longest end of the text that begins a stop string.
    private int HeldBack()
    {
        if (stops.Count == 0)
            return 0;
        var longest = Math.Min(stops.Max(s => s.Length) - 1, _text.Length - _told);
        var tail = _text.ToString(_text.Length - longest, longest);
        for (var length = longest; length > 0; length--)
            if (stops.Any(s => s.Length > length && s.AsSpan(0, length).SequenceEqual(tail.AsSpan(longest - length))))
                return length;
        return 0;
    }
}
