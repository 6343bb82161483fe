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

    private readonly Slot[] _slots;
    private readonly PairFilter _filter;
    private readonly int _shift;

    /// <summary>A table of these merges; of a pair that comes twice the later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // most tables are made once in a process
    public BpeMergeTable(IReadOnlyCollection<(int Left, int Right, BpeMerge Merge)> merges)
    {
        // At most half full.
        var bits = Math.Max(LeastBits, BitOperations.Log2((uint)Math.Max(merges.Count, 1)) + 2);
        _shift = 64 - bits;
        _slots = new Slot[1 << bits];
        _filter = new(bits + FilterBitsASlot);
        foreach (var (left, right, merge) in merges)
        {
            var hash = PairFilter.Hash(left, right);
            _filter.Add(hash);
            var place = (int)(hash >> _shift);
            while (_slots[place].IsUsed && (_slots[place].Left != left || _slots[place].Right != right))
                place = (place + 1) & (_slots.Length - 1);
            _slots[place] = new(left, right, merge, IsUsed: true);
        }
    }

    /// <summary>What a pair merges to.</summary>
    public BpeMerge Find(int left, int right)
    {
        var hash = PairFilter.Hash(left, right);
        if (!_filter.MayContain(hash))
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

    private readonly record struct Slot(int Left, int Right, BpeMerge Merge, bool IsUsed);
}
