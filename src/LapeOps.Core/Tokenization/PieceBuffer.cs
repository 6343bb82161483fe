namespace LapeOps.Tokenization;

/// <summary>A rewritten piece while it is written.</summary>
internal sealed class PieceBuffer
{
    private const int MostCharacters = 1 << 26;

    private char[] _text = new char[64];
    private SourceRange[] _sources = [];
    private int _length;
    private int _start;
    private bool _tracked;

    /// <summary>Whether nothing was written.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>What was written, valid until the next change.</summary>
    public Piece Piece => new(_text.AsSpan(0, _length), _sources.AsSpan(0, _tracked ? _length : 0), _start, _tracked);

    /// <summary>Starts again with nothing, for what becomes of <paramref name="origin"/>.</summary>
    public void Begin(Piece origin)
    {
        _length = 0;
        _start = origin.Start;
        _tracked = origin.Tracked;
    }

    /// <summary>Adds a character.</summary>
    public void Add(char character, SourceRange source)
    {
        Reserve(1);
        _text[_length] = character;
        if (_tracked)
            _sources[_length] = source;
        _length++;
    }

    /// <summary>Adds characters that all come from one place.</summary>
    public void Add(ReadOnlySpan<char> text, SourceRange source)
    {
        Reserve(text.Length);
        text.CopyTo(_text.AsSpan(_length));
        if (_tracked)
            _sources.AsSpan(_length, text.Length).Fill(source);
        _length += text.Length;
    }

    /// <summary>Adds a part of a piece as it is.</summary>
    public void Copy(Piece piece, int first, int end)
    {
        Reserve(end - first);
        piece.Text[first..end].CopyTo(_text.AsSpan(_length));
        if (_tracked)
            for (var i = first; i < end; i++)
                _sources[_length + i - first] = piece.Source(i, i + 1);
        _length += end - first;
    }

    private void Reserve(int count)
    {
        var needed = _length + (long)count;
        if (needed > MostCharacters)
            throw new LapeException(
                "TokenizerUnsupported", $"The tokenizer's normalizer makes more than {MostCharacters:N0} characters of one text. Cut the text into documents.");
        if (needed > _text.Length)
            Array.Resize(ref _text, (int)Math.Max(2L * _length, needed));
        if (_tracked && needed > _sources.Length)
            Array.Resize(ref _sources, _text.Length);
    }
}
