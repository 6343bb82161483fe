using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace LapeOps.Tokenization.Models;

/// <summary>Between which characters the merges of a model join tokens, gathered while they are read.</summary>
/// <param name="tokens">How many tokens there are, and so about how many merges.</param>
/// <param name="standIns">The ids of tokens that stand for characters that are no tokens.</param>
internal sealed class BpeJoints(int tokens, HashSet<int> standIns)
{
    private const int LeastBits = 6, BitsAToken = 4;

    private readonly PairFilter _pairs = new(Math.Max(LeastBits, BitOperations.Log2((uint)tokens + 1) + BitsAToken));

    private bool _anywhere;

    /// <summary>A merge of two tokens joins the last character of the left one and the first of the right one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // once in a process, for a hundred thousand merges
    public void Add(ReadOnlySpan<char> left, int leftId, ReadOnlySpan<char> right, int rightId)
    {
        // A token of bytes, for unknown characters or without any says nothing of the characters that it may come to stand for.
        if (left.IsEmpty || right.IsEmpty || standIns.Contains(leftId) || standIns.Contains(rightId))
            _anywhere = true;
        // Nothing is cut in half of a character.
        else if (Rune.DecodeLastFromUtf16(left, out var end, out _) == OperationStatus.Done && Rune.DecodeFromUtf16(right, out var begin, out _) == OperationStatus.Done)
            _pairs.Add(PairFilter.Hash(end.Value, begin.Value));
    }

    /// <summary>Whether some merge may join what ends in the left character to what begins with the right one.</summary>
    public bool Has(int left, int right) => _anywhere || _pairs.MayContain(PairFilter.Hash(left, right));
}
