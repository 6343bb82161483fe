using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace LapeOps.Corpora;

/// <summary>
/// Characters of a text file, front to back: UTF-8 with or without a byte order mark, or UTF-16 with one. What cannot be decoded is an error
/// with the offset of its first byte, never a replacement character.
/// </summary>
internal sealed class StrictText : IDisposable
{
    private enum Encoding
    {
        Utf8,
        Utf16,
        Utf16BigEndian,
    }

    private readonly CorpusStream _stream;
    private readonly byte[] _bytes = new byte[1 << 16];
    private readonly Encoding _encoding;
    private int _begin, _end;
    private long _offset; // of _bytes[_begin] in the text's bytes
    private long _line = 1; // that _bytes[_begin] is in
    private bool _ended;

    public StrictText(string path)
    {
        _stream = CorpusStream.Open(path);
        try
        {
            _encoding = ReadMark();
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public string Path => _stream.Path;

    /// <summary>See <see cref="CorpusStream.IsBomb"/>.</summary>
    public bool IsBomb => _stream.IsBomb;

    /// <summary>Reads characters, never half of a pair; 0 at the end.</summary>
    /// <param name="characters">At least two.</param>
    /// <exception cref="LapeException">CorpusNotUtf8, naming the file and the offset; FileNotReadable, CorpusInvalid.</exception>
    public int Read(Span<char> characters)
    {
        while (true)
        {
            Fill();
            var (read, written, invalid) = _encoding == Encoding.Utf8 ? DecodeUtf8(characters) : DecodeUtf16(characters);
            _begin += read;
            _offset += read;
            _line += characters[..written].Count('\n');
            if (written > 0 || (_ended && _begin == _end && !invalid))
                return written;
            // Not enough bytes for a character is an error only where none follow.
            if (invalid || (_ended && read == 0))
                throw Invalid();
        }
    }

    public void Dispose() => _stream.Dispose();

    private Encoding ReadMark()
    {
        while (_end < 4 && !_ended)
            Fill();
        var start = _bytes.AsSpan(0, _end);
        if (start.StartsWith(Mark(0xFF, 0xFE, 0, 0)) || start.StartsWith(Mark(0, 0, 0xFE, 0xFF)))
            throw new LapeException("CorpusNotUtf8", $"{Path} is UTF-32. Convert the file to UTF-8.");
        var (encoding, length) = start.StartsWith("\uFEFF"u8) ? (Encoding.Utf8, 3)
            : start.StartsWith(Mark(0xFF, 0xFE)) ? (Encoding.Utf16, 2)
            : start.StartsWith(Mark(0xFE, 0xFF)) ? (Encoding.Utf16BigEndian, 2)
            : (Encoding.Utf8, 0);
        (_begin, _offset) = (length, length);
        return encoding;

        static ReadOnlySpan<byte> Mark(params byte[] bytes) => bytes;
    }

    private void Fill()
    {
        if (_ended || _end - _begin > _bytes.Length / 2)
            return;
        _bytes.AsSpan(_begin.._end).CopyTo(_bytes);
        (_begin, _end) = (0, _end - _begin);
        var read = _stream.Read(_bytes.AsSpan(_end));
        _end += read;
        _ended = read == 0;
    }

    private (int Read, int Written, bool Invalid) DecodeUtf8(Span<char> characters)
    {
        var status = Utf8.ToUtf16(_bytes.AsSpan(_begin.._end), characters, out var read, out var written, replaceInvalidSequences: false, isFinalBlock: _ended);
        return (read, written, status == OperationStatus.InvalidData);
    }

    private (int Read, int Written, bool Invalid) DecodeUtf16(Span<char> characters)
    {
        var written = 0;
        var source = MemoryMarshal.Cast<byte, ushort>(_bytes.AsSpan(_begin.._end));
        while (written < source.Length && written < characters.Length)
        {
            var unit = Unit(source, written);
            if (char.IsLowSurrogate(unit))
                return (2 * written, written, true);
            if (!char.IsHighSurrogate(unit))
                characters[written++] = unit;
            else if (written + 1 < source.Length && written + 1 < characters.Length)
            {
                var low = Unit(source, written + 1);
                if (!char.IsLowSurrogate(low))
                    return (2 * written, written, true);
                characters[written++] = unit;
                characters[written++] = low;
            }
            else
                break;
        }
        return (2 * written, written, false);
    }

    private char Unit(ReadOnlySpan<ushort> units, int index) =>
        (char)(_encoding == Encoding.Utf16 == BitConverter.IsLittleEndian ? units[index] : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(units[index]));

    private LapeException Invalid() => new("CorpusNotUtf8", _encoding == Encoding.Utf8
        ? $"{Path} is not UTF-8: the byte at offset {_offset} (line {_line}) cannot be decoded. Convert the file to UTF-8."
        : $"{Path} begins like UTF-16, but the bytes at offset {_offset} (line {_line}) cannot be decoded. Convert the file to UTF-8.")
    { File = Path, Line = _line };
}
