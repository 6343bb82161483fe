using System.Runtime.InteropServices;
using LapeOps.Formats;

namespace LapeOps.Corpora;

/// <summary>Ids in the order they came. A megabyte of them stays in memory and the rest in a temporary file, however long the text is.</summary>
internal sealed class IdStore
{
    private readonly int[] _tail;
    private TemporaryFile? _file; // the ids before the tail; deleted when it is collected
    private int _tailLength;

    public IdStore(int most = 1 << 18) => _tail = new int[most];

    public long Count => Filed + _tailLength;

    private long Filed => (_file?.Length ?? 0) / sizeof(int);

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
            (_file ??= new TemporaryFile()).Append(MemoryMarshal.AsBytes(_tail.AsSpan()));
            _tailLength = 0;
        }
    }

    public void Read(long first, Span<int> ids)
    {
        var filed = (int)Math.Clamp(Filed - first, 0, ids.Length);
        if (filed > 0)
            _file!.Read(first * sizeof(int), MemoryMarshal.AsBytes(ids[..filed]));
        if (filed < ids.Length)
            _tail.AsSpan((int)(first + filed - Filed), ids.Length - filed).CopyTo(ids[filed..]);
    }
}
