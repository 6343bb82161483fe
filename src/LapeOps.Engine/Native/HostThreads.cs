using System.Diagnostics;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace LapeOps.Native;

/// <summary>
/// Threads for loops of a tenth of a millisecond, of which decoding one token has a hundred. Those of .NET's pool come a twentieth to a tenth of a
/// millisecond after they are called, if at all before such a loop is over; these look for the next loop for a while before they sleep.
/// </summary>
internal static class HostThreads
{
    /// <summary>Multiplications that one thread does while another wakes.</summary>
    public const int WorthThreads = 1 << 18;

    private static readonly TimeSpan LookingFor = TimeSpan.FromMilliseconds(0.2);
    private static readonly SemaphoreSlim Wake = new(0);
    private static volatile Loop? _newest;
    private static int _started, _asleep, _taken;

    /// <summary>
    /// Does each part on as many threads as torch uses, this one among them; returns when all are done, and throws what the first that failed threw.
    /// </summary>
    public static void ForEach(int parts, Action<int> body)
    {
        var threads = Math.Min(parts, get_num_threads());
        if (threads <= 1)
        {
            Alone(parts, body);
        }
        else if (Interlocked.Exchange(ref _taken, 1) == 1)
        {
            // Another loop has them: one of another thread, or the one that this loop is part of.
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
        }
        else
        {
            try
            {
                for (; _started < threads - 1; _started++)
                    new Thread(Serve) { IsBackground = true, Name = nameof(HostThreads) }.Start();
                var loop = new Loop(parts, threads - 1, body);
                _newest = loop;
                // After the loop is there to see: who falls asleep is counted first and looks once more.
                if (Interlocked.Exchange(ref _asleep, 0) is > 0 and var asleep)
                    Wake.Release(asleep);
                loop.Work();
                loop.Wait();
            }
            finally
            {
                Volatile.Write(ref _taken, 0);
            }
        }
    }

    /// <summary>The same, on this thread alone where that many multiplications in all are not worth another.</summary>
    public static void ForEach(int parts, long multiplications, Action<int> body)
    {
        if (multiplications >= WorthThreads)
            ForEach(parts, body);
        else
            Alone(parts, body);
    }

    private static void Alone(int parts, Action<int> body)
    {
        for (var part = 0; part < parts; part++)
            body(part);
    }

    private static void Serve()
    {
        for (Loop? last = null; ;)
        {
            for (var since = Stopwatch.GetTimestamp(); _newest == last;)
            {
                if (Stopwatch.GetElapsedTime(since) < LookingFor)
                {
                    Thread.SpinWait(10);
                    continue;
                }
                Interlocked.Increment(ref _asleep);
                if (_newest == last)
                    Wake.Wait();
            }
            last = _newest;
            last!.Help();
        }
    }

    private sealed class Loop(int parts, int helpers, Action<int> body)
    {
        private readonly int _parts = parts;
        private int _next = -1, _left = parts, _helpers = helpers;
        private ExceptionDispatchInfo? _failure;

        // Of more threads than this loop may have, the first to come help.
        public void Help()
        {
            if (Interlocked.Decrement(ref _helpers) >= 0)
                Work();
        }

        public void Work()
        {
            while (Interlocked.Increment(ref _next) is var part && part < _parts)
            {
                try
                {
                    body(part);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
                }
                Interlocked.Decrement(ref _left);
            }
        }

        public void Wait()
        {
            // Yields, but never sleeps: what is left is the last part of each thread.
            for (var wait = new SpinWait(); Volatile.Read(ref _left) > 0;)
                wait.SpinOnce(sleep1Threshold: -1);
            _failure?.Throw();
        }
    }
}
