using System.Diagnostics;

namespace LapeOps.Benchmarks;

/// <summary>Times of things that share a noisy machine: what is compared takes turns, and medians are told.</summary>
internal static class Clock
{
    public static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Runs each action once to warm it, then all of them in turn; returns the seconds of every round, an array an action.</summary>
    public static double[][] Interleaved(int rounds, params Action[] actions)
    {
        foreach (var action in actions)
            action();
        var times = Array.ConvertAll(actions, _ => new double[rounds]);
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < actions.Length; i++)
                times[i][round] = Seconds(actions[i]);
        return times;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
