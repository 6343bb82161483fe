using System.Numerics;
using System.Runtime.CompilerServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Profiling;

/// <summary>The counts and sums of an activation in one pass over it, on a CPU: torch would read it, or a copy, six times.</summary>
internal static unsafe class HostCounts
{
    // Columns whose sums stay in a core's first cache.
    private const int Strip = 512;

    // Partial sums of that many positions are float32 (METHOD.md, "Arithmetic", allows 512).
    private const int MostPositions = 64;

    /// <summary>Counts positions above 0 and adds up values and their squares.</summary>
    /// <param name="activation">[rows, positions, d] float32.</param>
    /// <param name="first">The first position of each row that is counted.</param>
    /// <param name="overZero">[d] Int32, overwritten.</param>
    /// <param name="sums">[d] float64, overwritten.</param>
    /// <param name="squares">[d] float64, overwritten.</param>
    public static void Take(Tensor activation, long first, Tensor overZero, Tensor sums, Tensor squares)
    {
        long rows = activation.shape[0], positions = activation.shape[1];
        var width = (int)activation.shape[2];
        var values = activation.Address<float>();
        var toOverZero = overZero.Address<int>();
        double* toSums = sums.Address<double>(), toSquares = squares.Address<double>();
        HostThreads.ForEach((width + Strip - 1) / Strip, strip =>
        {
            var column = strip * Strip;
            var columns = Math.Min(Strip, width - column);
            var over = toOverZero + column;
            Span<double> sum = new(toSums + column, columns), square = new(toSquares + column, columns);
            var partSum = CacheLine.FirstOf(stackalloc float[Strip + CacheLine.Numbers]);
            var partSquare = CacheLine.FirstOf(stackalloc float[Strip + CacheLine.Numbers]);
            new Span<int>(over, columns).Clear();
            sum.Clear();
            square.Clear();
            for (long row = 0; row < rows; row++)
                for (var start = first; start < positions; start += MostPositions)
                {
                    new Span<float>(partSum, columns).Clear();
                    new Span<float>(partSquare, columns).Clear();
                    for (var position = start; position < Math.Min(positions, start + MostPositions); position++)
                        Add(values + (((row * positions) + position) * width) + column, columns, over, partSum, partSquare);
                    for (var i = 0; i < columns; i++)
                    {
                        sum[i] += partSum[i];
                        square[i] += partSquare[i];
                    }
                }
        });
    }

    [MethodImpl(InnerLoop.Compiled)]
    private static void Add(float* values, int count, int* over, float* sum, float* square)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = Vector.Load(values + i);
            (Vector.Load(over + i) - Vector.GreaterThan(x, Vector<float>.Zero)).Store(over + i);
            (Vector.Load(sum + i) + x).Store(sum + i);
            (Vector.Load(square + i) + (x * x)).Store(square + i);
        }
        for (; i < count; i++)
        {
            over[i] += values[i] > 0 ? 1 : 0;
            sum[i] += values[i];
            square[i] += values[i] * values[i];
        }
    }
}
