using System.Runtime.InteropServices;
using LapeOps.Formats;

namespace LapeOps.Corpora;

/// <summary>Ids in the order they came. A megabyte of them stays in memory and the rest in a temporary file, however long the text is.</summary>
internal sealed class IdStore
{
    private readonly int[] _tail;
    private TemporaryFile? _file; // the ids before the tail; deleted when it is collected
    private long _filed;
    private int _tailLength;

    public IdStore(int most = 1 << 18) => _tail = new int[most];

    public long Count => _filed + _tailLength;

    public void Append(ReadOnlySpan<int> ids)
    {
        while (ids.Length > 0)
        {
            var taken = Math.Min(ids.Length, _tail.Length - _tailLength);
            ids[..taken].CopyTo(_tail.AsSpan(_tailLength));
            _tailLength += taken;
            ids = ids[taken..];
            if (_tailLength < _tail.Length)
                continue;
            (_file ??= new TemporaryFile()).Write(_filed * sizeof(int), MemoryMarshal.AsBytes(_tail.AsSpan()));
            _filed += _tail.Length;
            _tailLength = 0;
        }
    }

    public void Read(long first, Span<int> ids)
    {
        var filed = (int)Math.Clamp(_filed - first, 0, ids.Length);
        if (filed > 0)
            _file!.Read(first * sizeof(int), MemoryMarshal.AsBytes(ids[..filed]));
        if (filed < ids.Length)
            _tail.AsSpan((int)(first + filed - _filed), ids.Length - filed).CopyTo(ids[filed..]);
    }

    /// <summary>Forgets all ids from a place on.</summary>
    public void Truncate(long count)
    {
        if (count < _filed)
        {
            // The file ends with a whole tail: what of its last one stays becomes the tail again.
            _filed = count / _tail.Length * _tail.Length;
            _file!.Read(_filed * sizeof(int), MemoryMarshal.AsBytes(_tail.AsSpan()));
        }
        _tailLength = (int)(count - _filed);
    }
}
