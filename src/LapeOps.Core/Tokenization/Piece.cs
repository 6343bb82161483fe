namespace LapeOps.Tokenization;

/// <summary>Characters of the original text, as a half-open range of UTF-16 units.</summary>
internal readonly record struct SourceRange(int Start, int End);

/// <summary>
/// A piece of text on its way through the tokenizer. Where <paramref name="tracked"/>, every character knows the range of the original
/// text that it came from: the one at its own place from <paramref name="start"/> on, or that of <paramref name="sources"/> once a part
/// has rewritten the text.
/// </summary>
internal readonly ref struct Piece(ReadOnlySpan<char> text, ReadOnlySpan<SourceRange> sources, int start, bool tracked)
{
    private readonly ReadOnlySpan<SourceRange> _sources = sources;

    /// <summary>The text as it is now.</summary>
    public ReadOnlySpan<char> Text { get; } = text;

    /// <summary>Where it begins, in the original text or the rewritten one: 0 where nothing stood or stands before it.</summary>
    public int Start { get; } = start;

    /// <summary>Whether anyone asks for sources.</summary>
    public bool Tracked { get; } = tracked;

    /// <summary>Where the characters from <paramref name="first"/> to <paramref name="end"/> come from; without meaning if not tracked.</summary>
    public SourceRange Source(int first, int end) => _sources.IsEmpty
        ? new(Start + first, Start + end)
        : new(_sources[first].Start, end > first ? _sources[end - 1].End : _sources[first].Start);

    /// <summary>A part of this piece.</summary>
    public Piece Slice(int first, int end) =>
        new(Text[first..end], _sources.IsEmpty ? default : _sources[first..end], Start + first, Tracked);
}

/// <summary>Where a part of the tokenizer puts its pieces: the next part. Pieces are not empty and live only for the call.</summary>
internal abstract class PieceSink
{
    /// <summary>Takes the next piece.</summary>
    public abstract void Take(Piece piece);
}
