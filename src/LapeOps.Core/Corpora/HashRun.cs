using System.Runtime.InteropServices;
using LapeOps.Formats;

namespace LapeOps.Corpora;

/// <summary>Hashes in ascending order in a temporary file, each once.</summary>
internal sealed class HashRun : IDisposable
{
    private const int Size = 16, Page = 1 << 8, Buffer = 1 << 12;

    private readonly TemporaryFile _file = new();
    private readonly UInt128[] _page = new UInt128[Page];

    public long Count => _file.Length / Size;

    /// <summary>Stores hashes that ascend.</summary>
    public static HashRun Of(ReadOnlySpan<UInt128> sorted)
    {
        var run = new HashRun();
        run._file.Append(MemoryMarshal.AsBytes(sorted));
        return run;
    }

    /// <summary>The hashes of two runs that have none in common.</summary>
    public static HashRun Merge(HashRun one, HashRun other)
    {
        var run = new HashRun();
        var buffer = new UInt128[Buffer];
        var count = 0;
        using var left = one.All().GetEnumerator();
        using var right = other.All().GetEnumerator();
        bool isLeft = left.MoveNext(), isRight = right.MoveNext();
        while (isLeft || isRight)
        {
            if (isLeft && (!isRight || left.Current < right.Current))
            {
                buffer[count++] = left.Current;
                isLeft = left.MoveNext();
            }
            else
            {
                buffer[count++] = right.Current;
                isRight = right.MoveNext();
            }
            if (count < Buffer && (isLeft || isRight))
                continue;
            run._file.Append(MemoryMarshal.AsBytes(buffer.AsSpan(0, count)));
            count = 0;
        }
        return run;
    }

    /// <summary>Whether it is there. Hashes lie evenly, so that a page or two around where it would be are all that is read.</summary>
    public bool Has(UInt128 key)
    {
        var (first, end) = (0L, Count);
        var (least, most) = (0.0, (double)UInt128.MaxValue);
        while (first < end)
        {
            var guess = first + (long)((end - first) * Math.Clamp(((double)key - least) / (most - least), 0, 1));
            var start = Math.Clamp(guess - (Page / 2), first, Math.Max(first, end - Page));
            var page = _page.AsSpan(0, (int)Math.Min(Page, end - start));
            _file.Read(start * Size, MemoryMarshal.AsBytes(page));
            if (key < page[0])
                (end, most) = (start, (double)page[0]);
            else if (key > page[^1])
                (first, least) = (start + page.Length, (double)page[^1]);
            else
                return page.BinarySearch(key) >= 0;
        }
        return false;
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<UInt128> All()
    {
        var buffer = new UInt128[Buffer];
        for (long start = 0; start < Count; start += Buffer)
        {
            var length = (int)Math.Min(Buffer, Count - start);
            _file.Read(start * Size, MemoryMarshal.AsBytes(buffer.AsSpan(0, length)));
            for (var i = 0; i < length; i++)
                yield return buffer[i];
        }
    }
}
