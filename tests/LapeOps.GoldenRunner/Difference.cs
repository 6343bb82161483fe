using System.Globalization;
using System.Numerics;

namespace LapeOps.GoldenRunner;

/// <summary>Differences between expected and computed values, a line each; nothing where they agree.</summary>
public static class Difference
{
    /// <summary>Largest absolute difference against a tolerance relative to the largest expected magnitude.</summary>
    public static IEnumerable<string> Relative<T>(string name, ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, double tolerance) where T : INumber<T> =>
        Report(name, Largest(expected, actual), double.CreateChecked(MaxMagnitude(expected)) * tolerance);

    /// <summary>Largest absolute difference against a tolerance.</summary>
    public static IEnumerable<string> Absolute<T>(string name, ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, double tolerance) where T : INumber<T> =>
        Report(name, Largest(expected, actual), tolerance);

    /// <summary>Every value equal.</summary>
    public static IEnumerable<string> Exact<T>(string name, ReadOnlySpan<T> expected, ReadOnlySpan<T> actual) where T : INumber<T> =>
        expected.SequenceEqual(actual) ? [] : [$"{name}: {CountDifferent(expected, actual)} of {expected.Length} values differ (computed {actual.Length})"];

    /// <summary>Sum of absolute differences over all values.</summary>
    public static long SumOfDifferences(ReadOnlySpan<long> expected, ReadOnlySpan<long> actual)
    {
        long sum = 0;
        for (var i = 0; i < expected.Length; i++)
            sum += Math.Abs(expected[i] - actual[i]);
        return sum;
    }

    private static double Largest<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual) where T : INumber<T>
    {
        if (expected.Length != actual.Length)
            return double.PositiveInfinity;
        double largest = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(double.CreateChecked(expected[i]) - double.CreateChecked(actual[i]));
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }
        return largest;
    }

    private static T MaxMagnitude<T>(ReadOnlySpan<T> values) where T : INumber<T>
    {
        var largest = T.Zero;
        foreach (var value in values)
            largest = T.Max(largest, T.Abs(value));
        return largest;
    }

    private static int CountDifferent<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual) where T : INumber<T>
    {
        var different = Math.Abs(expected.Length - actual.Length);
        for (var i = 0; i < Math.Min(expected.Length, actual.Length); i++)
            different += expected[i] == actual[i] ? 0 : 1;
        return different;
    }

    private static IEnumerable<string> Report(string name, double difference, double tolerance) => difference <= tolerance
        ? []
        : [string.Create(CultureInfo.InvariantCulture, $"{name}: off by {difference:g4}, tolerance {tolerance:g4}")];
}
