namespace LapeOps.Tokenization;

/// <summary>Characters of the original text, as a half-open range of UTF-16 units.</summary>
internal readonly record struct SourceRange(int Start, int End);

/// <summary>
/// A piece of text on its way through the tokenizer. Every character knows the range of the original text that it came from:
/// the one at its own place from <paramref name="start"/> on, or that of <paramref name="sources"/> once a part has rewritten the text.
/// </summary>
internal readonly ref struct Piece(ReadOnlySpan<char> text, ReadOnlySpan<SourceRange> sources, int start)
{
    private readonly ReadOnlySpan<SourceRange> _sources = sources;

    /// <summary>The text as it is now.</summary>
    public ReadOnlySpan<char> Text { get; } = text;

    /// <summary>Where the characters from <paramref name="first"/> to <paramref name="end"/> come from.</summary>
    public SourceRange Source(int first, int end) => _sources.IsEmpty
        ? new(start + first, start + end)
        : new(_sources[first].Start, end > first ? _sources[end - 1].End : _sources[first].Start);

    /// <summary>A part of this piece.</summary>
    public Piece Slice(int first, int end) =>
        new(Text[first..end], _sources.IsEmpty ? default : _sources[first..end], start + first);
}

/// <summary>Where a part of the tokenizer puts its pieces: the next part. Pieces are not empty and live only for the call.</summary>
internal abstract class PieceSink
{
    /// <summary>Takes the next piece.</summary>
    public abstract void Take(Piece piece);
}

/// <summary>A rewritten piece while it is written.</summary>
internal sealed class PieceBuffer
{
    private char[] _text = new char[64];
    private SourceRange[] _sources = new SourceRange[64];
    private int _length;

    /// <summary>What was written, valid until the next change.</summary>
    public Piece Piece => new(_text.AsSpan(0, _length), _sources.AsSpan(0, _length), 0);

    /// <summary>Starts again with nothing.</summary>
    public void Clear() => _length = 0;

    /// <summary>Adds a character.</summary>
    public void Add(char character, SourceRange source)
    {
        if (_length == _text.Length)
        {
            Array.Resize(ref _text, 2 * _length);
            Array.Resize(ref _sources, 2 * _length);
        }
        _text[_length] = character;
        _sources[_length++] = source;
    }
}
