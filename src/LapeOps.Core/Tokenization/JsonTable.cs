using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace LapeOps.Tokenization;

/// <summary>
/// A list or object in JSON, read once from begin to end where it stands. .NET's own reader begins with a slow form of its code, which in a new
/// process takes longer for a tokenizer's hundred thousand entries than all else that it is read with.
/// </summary>
/// <param name="json">UTF-8 that begins with the list or object.</param>
/// <param name="name">What it is called in errors.</param>
/// <param name="section">Whose errors they are.</param>
internal ref struct JsonTable(ReadOnlySpan<byte> json, string name, TokenizerSection section)
{
    private readonly ReadOnlySpan<byte> _json = json;

    private int _at;

    /// <summary>Whether there is none.</summary>
    public readonly bool IsAbsent => _json.IsEmpty;

    /// <summary>No more names are in it than this.</summary>
    public readonly int MostNames => _json.Count((byte)':');

    /// <summary>Steps over this character, if it is the next that is no space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Take(char character)
    {
        SkipSpaces();
        if (_at == _json.Length || _json[_at] != character)
            return false;
        _at++;
        return true;
    }

    /// <summary>Steps over the next character, which has to be this one.</summary>
    public void Require(char character)
    {
        if (!Take(character))
            throw Broken();
    }

    /// <summary>Steps over the name of an object's entry and what divides it from the value.</summary>
    /// <param name="buffer">Where its characters may stand.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<char> RequireName(ref char[] buffer)
    {
        if (!TakeText(ref buffer, out var name))
            throw Broken();
        Require(':');
        return name;
    }

    /// <summary>After an entry: whether another follows, and not the end of the list or object.</summary>
    /// <param name="end">The bracket at the end.</param>
    public bool Continues(char end)
    {
        if (Take(','))
            return true;
        Require(end);
        return false;
    }

    /// <summary>Steps over a text.</summary>
    /// <param name="buffer">Where its characters may stand.</param>
    /// <param name="text">Its characters.</param>
    /// <returns>False where something else is next.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TakeText(ref char[] buffer, out ReadOnlySpan<char> text)
    {
        text = default;
        if (!Take('"'))
            return false;
        var first = _at;
        _at = TextEnd(_at, out var plain);
        var written = _json[first..(_at - 1)]; // without quotes
        if (buffer.Length < written.Length)
            buffer = new char[2 * written.Length];
        var count = 0;
        for (; count < written.Length && written[count] < 0x80; count++)
            buffer[count] = (char)written[count];
        if (!plain)
            count = Unescaped(_json[(first - 1).._at], buffer);
        else if (count < written.Length && Utf8.ToUtf16(written, buffer, out _, out count, replaceInvalidSequences: false) != OperationStatus.Done)
            throw Broken();
        text = buffer.AsSpan(0, count);
        return true;
    }

    /// <summary>Steps over an integer from 0 on.</summary>
    /// <returns>False where something else is next.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TakeId(out int id)
    {
        SkipSpaces();
        if (!Utf8Parser.TryParse(_json[_at..], out id, out var digits) || !char.IsAsciiDigit((char)_json[_at]) || (digits > 1 && _json[_at] == '0'))
            return false;
        _at += digits;
        return _at == _json.Length || _json[_at] is (byte)',' or (byte)'}' or (byte)']' || IsSpace(_json[_at]);
    }

    /// <summary>Steps over any value, of which only texts and brackets are looked at.</summary>
    /// <returns>Where it stands.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (int First, int End) SkipValue()
    {
        SkipSpaces();
        var (first, at) = (_at, _at);
        for (var depth = 0; at < _json.Length;)
        {
            var next = _json[at];
            if (depth == 0 && next is (byte)',' or (byte)'}' or (byte)']')
                break; // a number or a word is over
            at++;
            if (next == '"')
                at = TextEnd(at, out _);
            else if (next is (byte)'{' or (byte)'[')
                depth++;
            else if (next is (byte)'}' or (byte)']')
                depth--;
            else
                continue;
            if (depth == 0)
                break;
        }
        _at = at;
        return (first, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSpace(byte next) => next is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SkipSpaces()
    {
        while (_at < _json.Length && IsSpace(_json[_at]))
            _at++;
    }

    // The place after the last quote of a text, from after its first; plain is whether its bytes are its characters.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int TextEnd(int at, out bool plain)
    {
        plain = true;
        for (; at < _json.Length; at++)
        {
            var next = _json[at];
            if (next == '"')
                return at + 1;
            plain &= next >= ' ' && next != '\\';
            if (next == '\\')
                at++;
        }
        throw Broken();
    }

    private readonly int Unescaped(ReadOnlySpan<byte> quoted, char[] buffer)
    {
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            return reader.CopyString(buffer);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Broken();
        }
    }

    private readonly LapeException Broken() => section.Invalid($"{name} is no valid JSON at its byte {_at}");
}
