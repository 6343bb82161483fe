using System.Text;

namespace LapeOps.Corpora;

/// <summary>A document, or as much of it as becomes ids by itself.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Ends">Whether the document ends with it.</param>
internal readonly record struct DocumentPart(string Text, bool Ends);

/// <summary>What has been read of a document and is still held: all of it, or what follows the last seam that its tokenizer found.</summary>
/// <param name="path">The file, for errors.</param>
/// <param name="lastSeam">See <see cref="Tokenization.HuggingFaceTokenizer.LastSeam"/>.</param>
/// <param name="transformer">What changes the text before seams are looked for; null where nothing does.</param>
internal sealed class DocumentText(string path, Func<ReadOnlySpan<char>, int> lastSeam, TextTransformer? transformer = null)
{
    // Parts of a length that the collector does not count as large; a seam is looked for at their ends.
    private const int PartLength = 1 << 15, WindowLength = 1 << 12;

    private readonly StringBuilder _held = new();
    private readonly char[] _window = new char[WindowLength];
    private int _next = PartLength;

    /// <summary>Characters that are held.</summary>
    public int Length => _held.Length + (transformer?.Held ?? 0);

    public void Append(ReadOnlySpan<char> text, bool bomb)
    {
        if (transformer is null)
            _held.Append(text);
        else
            transformer.Append(text, _held);
        DocumentLimit.Require(path, Length, bomb);
    }

    /// <summary>A part that need not be held any longer; null where there is none.</summary>
    public string? CutOff()
    {
        if (_held.Length < _next)
            return null;
        var start = _held.Length - WindowLength;
        _held.CopyTo(start, _window, WindowLength);
        var seam = lastSeam(_window);
        _next = seam == 0 ? _held.Length + PartLength : PartLength;
        return seam == 0 ? null : Taken(start + seam);
    }

    /// <summary>What is held; it is then empty.</summary>
    /// <param name="line">Whether a \r at its end is part of the line end.</param>
    public string TakeRest(bool line)
    {
        transformer?.End(_held);
        if (line && _held.Length > 0 && _held[^1] == '\r')
            _held.Length--;
        _next = PartLength;
        return Taken(_held.Length);
    }

    private string Taken(int length)
    {
        var taken = _held.ToString(0, length);
        _held.Remove(0, length);
        return taken;
    }
}
