using System.Runtime.ExceptionServices;

namespace LapeOps.Scoring;

/// <summary>Work over contiguous ranges of neurons in parallel. Ranges depend on the size alone, never on the number of threads.</summary>
internal static class Chunks
{
    private const int Length = 1 << 16;

    /// <summary>Runs an action on each range; what one throws is thrown as it is.</summary>
    public static void ForEach(int size, Action<int, int> action) => Select(size, (begin, end) =>
    {
        action(begin, end);
        return true;
    });

    /// <summary>The results of a function of each range, in the order of the ranges.</summary>
    public static T[] Select<T>(int size, Func<int, int, T> function)
    {
        var results = new T[(size + Length - 1) / Length];
        try
        {
            Parallel.For(0, results.Length, i => results[i] = function(i * Length, Math.Min(size, (i + 1) * Length)));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return results;
    }
}
