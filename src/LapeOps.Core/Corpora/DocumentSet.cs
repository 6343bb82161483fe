using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LapeOps.Formats;

namespace LapeOps.Corpora;

/// <summary>
/// Which documents were there before, by 128 bits of their SHA-256: a table with open addressing that is at most half full. Up to 16 MB stay
/// in memory; a larger table is a temporary file, so that millions of documents take no more.
/// </summary>
internal sealed class DocumentSet : IDisposable
{
    // A file is sparse, so that it may be large at once and seldom has to be filled anew.
    private const int Size = 16, MostInMemory = 1 << 20, FileGrowth = 16;

    private UInt128[]? _memory = new UInt128[1 << 10];
    private TemporaryFile? _file;
    private long _slots = 1 << 10;
    private long _count;

    /// <summary>Adds a document; false where it was there before.</summary>
    public bool Add(string document)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(document.AsSpan()), hash);
        var key = MemoryMarshal.Read<UInt128>(hash);
        // 0 marks an empty slot.
        if (!Insert(key == 0 ? 1 : key))
            return false;
        if (++_count * 2 > _slots)
            Grow();
        return true;
    }

    public void Dispose() => _file?.Dispose();

    private bool Insert(UInt128 key)
    {
        for (var slot = (long)(ulong)key & (_slots - 1); ; slot = (slot + 1) & (_slots - 1))
        {
            var there = Get(slot);
            if (there == key)
                return false;
            if (there == 0)
            {
                Set(slot, key);
                return true;
            }
        }
    }

    private UInt128 Get(long slot)
    {
        if (_memory is not null)
            return _memory[slot];
        Span<byte> bytes = stackalloc byte[Size];
        _file!.Read(slot * Size, bytes);
        return MemoryMarshal.Read<UInt128>(bytes);
    }

    private void Set(long slot, UInt128 key)
    {
        if (_memory is not null)
            _memory[slot] = key;
        else
            _file!.Write(slot * Size, MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in key)));
    }

    private void Grow()
    {
        var (memory, file, slots) = (_memory, _file, _slots);
        _slots *= _slots < MostInMemory ? 2 : FileGrowth;
        (_memory, _file) = (_slots <= MostInMemory ? new UInt128[_slots] : null, null);
        if (_memory is null)
        {
            _file = new TemporaryFile();
            // The last byte makes the file as long as it has to be; what was never written reads as 0.
            _file.Write((_slots * Size) - 1, [0]);
        }
        var piece = new UInt128[Math.Min(slots, 1 << 12)];
        for (long start = 0; start < slots; start += piece.Length)
        {
            if (memory is not null)
                memory.AsSpan((int)start, piece.Length).CopyTo(piece);
            else
                file!.Read(start * Size, MemoryMarshal.AsBytes(piece.AsSpan()));
            foreach (var key in piece)
                if (key != 0)
                    Insert(key);
        }
        file?.Dispose();
    }
}
