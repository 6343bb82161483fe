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
    public static double[][] Interleaved(int rounds, params Action[] actions) =>
        Interleaved(rounds, warming: 1, () => true, Array.ConvertAll(actions, action => (Action<bool>)(_ => action())));

    /// <summary>The same after some rounds to warm them, each action with something made for it, whose making takes no part in its seconds.</summary>
    public static double[][] Interleaved<T>(int rounds, int warming, Func<T> make, params Action<T>[] actions)
    {
        var times = Array.ConvertAll(actions, _ => new double[rounds]);
        for (var round = -warming; round < rounds; round++)
            for (var i = 0; i < actions.Length; i++)
            {
                var made = make();
                var seconds = Seconds(() => actions[i](made));
                if (round >= 0)
                    times[i][round] = seconds;
            }
        return times;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
