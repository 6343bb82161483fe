using System.Numerics;
using System.Runtime.CompilerServices;

namespace LapeOps.Tokenization.Models;

/// <summary>What a pair of tokens merges to; the lowest rank goes first.</summary>
internal readonly record struct BpeMerge(int Rank, int Id)
{
    /// <summary>A pair that does not merge.</summary>
    public static BpeMerge None { get; } = new(int.MaxValue, -1);
}

/// <summary>
/// The merges by pairs of ids, with open addressing. Most pairs that are looked up merge to nothing; a filter of a bit a hash, small enough for
/// the processor's cache, says so for most of them.
/// </summary>
internal sealed class BpeMergeTable
{
    private const int LeastBits = 8;
    private const int FilterBitsASlot = 2;
    private const ulong Multiplier = 0x9E3779B97F4A7C15; // Knuth's multiplicative hash: 2^64 over the golden ratio

    private readonly Slot[] _slots;
    private readonly ulong[] _filter;
    private readonly int _shift;

    /// <summary>A table of these merges; of a pair that comes twice the later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // most tables are made once in a process
    public BpeMergeTable(IReadOnlyCollection<(int Left, int Right, BpeMerge Merge)> merges)
    {
        // At most half full.
        var bits = Math.Max(LeastBits, BitOperations.Log2((uint)Math.Max(merges.Count, 1)) + 2);
        _shift = 64 - bits;
        _slots = new Slot[1 << bits];
        _filter = new ulong[(1 << (bits + FilterBitsASlot)) / 64];
        foreach (var (left, right, merge) in merges)
        {
            var hash = Hash(left, right);
            var filtered = Filtered(hash);
            _filter[filtered >> 6] |= 1UL << (int)(filtered & 63);
            var place = (int)(hash >> _shift);
            while (_slots[place].IsUsed && (_slots[place].Left != left || _slots[place].Right != right))
                place = (place + 1) & (_slots.Length - 1);
            _slots[place] = new(left, right, merge, IsUsed: true);
        }
    }

    /// <summary>The pairs that merge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public List<(int Left, int Right)> Pairs()
    {
        var pairs = new List<(int, int)>(_slots.Length / 2);
        foreach (ref readonly var slot in _slots.AsSpan())
            if (slot.IsUsed)
                pairs.Add((slot.Left, slot.Right));
        return pairs;
    }

    /// <summary>What a pair merges to.</summary>
    public BpeMerge Find(int left, int right)
    {
        var hash = Hash(left, right);
        var filtered = Filtered(hash);
        if ((_filter[filtered >> 6] >> (int)(filtered & 63) & 1) == 0)
            return BpeMerge.None;
        for (var place = (int)(hash >> _shift); ; place = (place + 1) & (_slots.Length - 1))
        {
            ref readonly var slot = ref _slots[place];
            if (!slot.IsUsed)
                return BpeMerge.None;
            if (slot.Left == left && slot.Right == right)
                return slot.Merge;
        }
    }

    /// <summary>A hash of a pair; its upper bits are the best.</summary>
    public static ulong Hash(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) * Multiplier;

    private ulong Filtered(ulong hash) => hash >> (_shift - FilterBitsASlot);

    private readonly record struct Slot(int Left, int Right, BpeMerge Merge, bool IsUsed);
}
