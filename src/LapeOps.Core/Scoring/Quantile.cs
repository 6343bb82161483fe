using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace LapeOps.Scoring;

/// <summary>
/// Exact order statistics of all N = L * d * K probabilities, without sorting or storing them: two histograms, of the upper and the lower
/// half of their float32 bits, whose order is that of the values since none is negative.
/// </summary>
internal sealed class Quantile
{
    private const int UpperBuckets = 0x3F80 + 1; // the upper half of 1.0f, the greatest probability, is 0x3F80

    private readonly ActivationCounts _counts;
    private readonly long[] _upper;

    public Quantile(ActivationCounts counts)
    {
        _counts = counts;
        _upper = Histogram(UpperBuckets, CountUpper);
    }

    /// <summary>
    /// q(r): the round(r * N)-th smallest probability, counted from 1, the product in double and rounded half to even; q(0) is 0.
    /// </summary>
    public float At(double rate)
    {
        var rank = (long)Math.Round(rate * ((double)_counts.Size * _counts.Languages.Count), MidpointRounding.ToEven);
        if (rank == 0)
            return 0;
        var (upper, within) = Bucket(_upper, rank);
        var lower = Histogram(1 << 16, (histogram, values, n) => CountLower(histogram, values, n, (uint)upper));
        return BitConverter.UInt32BitsToSingle((uint)upper << 16 | (uint)Bucket(lower, within).Index);
    }

    private delegate void Count(int[] histogram, ReadOnlySpan<long> values, float n);

    private long[] Histogram(int buckets, Count count)
    {
        var sums = new long[buckets];
        var spare = new ConcurrentBag<int[]>();
        Chunks.ForEach(_counts.Size, (begin, end) =>
        {
            var histogram = spare.TryTake(out var free) ? free : new int[buckets];
            for (var k = 0; k < _counts.Languages.Count; k++)
                count(histogram, _counts.OverZero(k)[begin..end], _counts.Tokens[k]);
            spare.Add(histogram);
        });
        // Sums of integers: the same whichever thread counted what.
        foreach (var histogram in spare)
            for (var i = 0; i < buckets; i++)
                sums[i] += histogram[i];
        return sums;
    }

    // A process scores once: tiered compilation would have it run through all counts before these two are optimised.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CountUpper(int[] histogram, ReadOnlySpan<long> values, float n)
    {
        foreach (var value in values)
            histogram[BitConverter.SingleToUInt32Bits(value / n) >> 16]++;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CountLower(int[] histogram, ReadOnlySpan<long> values, float n, uint upper)
    {
        foreach (var value in values)
        {
            var bits = BitConverter.SingleToUInt32Bits(value / n);
            if (bits >> 16 == upper)
                histogram[bits & 0xFFFF]++;
        }
    }

    /// <summary>The bucket that holds the value of a rank, and the rank within it.</summary>
    private static (int Index, long Rank) Bucket(long[] histogram, long rank)
    {
        var index = 0;
        while (rank > histogram[index])
            rank -= histogram[index++];
        return (index, rank);
    }
}
