using System.Diagnostics;
using System.Security.Cryptography;

namespace LapeOps.Fuzz;

/// <summary>
/// The loop: mutates, writes, reads. It tells its supervisor by lines of standard output; after a hang or too much memory it ends, and is
/// started again. While it reads, the input lies in its file, where the supervisor finds it after a crash.
/// </summary>
internal sealed class Worker
{
    public const int EndedByFinding = 10;

    private const int MostSeconds = 2, TicksASecond = 10;
    private const long MostMegabytes = 500, WorthALook = 8 << 20;
    private const int MostInput = 4 << 20;

    private readonly Target _target;
    private readonly string _findings;
    private readonly string _path;
    private readonly Random _random;
    private readonly InputPool _pool;
    private readonly HashSet<string> _told = [];
    private readonly Lock _printing = new();
    private long _inputs;
    private long _began;
    private long _ticks;
    private TimeSpan _processorTime;

    /// <param name="target">What is read.</param>
    /// <param name="folder">Where the input lies while it is read.</param>
    /// <param name="findings">Where findings are kept.</param>
    /// <param name="seed">Of all choices.</param>
    public Worker(Target target, string folder, string findings, int seed)
    {
        _target = target;
        _findings = findings;
        _path = Path.Combine(folder, target.FileName);
        _random = new Random(seed);
        _pool = new InputPool(target.Seeds(folder));
    }

    public int Run(int seconds)
    {
        new Thread(Watch) { IsBackground = true }.Start();
        Tell();
        foreach (var seed in _pool.Seeds)
            TryRead(seed);
        for (; Interlocked.Read(ref _ticks) < TicksASecond * seconds; _inputs++)
        {
            TryRead(Next());
            if (_inputs % 256 == 1)
                Tell();
        }
        Tell();
        return 0;
    }

    /// <summary>Writes an input among the findings and says so.</summary>
    public static string Save(string findings, string fileName, byte[] input, string what)
    {
        var name = $"{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}-{fileName}";
        File.WriteAllBytes(Path.Combine(findings, name), input);
        return $"finding {what.ReplaceLineEndings(" ")} [{Path.Combine(findings, name)}]";
    }

    private byte[] Next()
    {
        var input = _pool.Pick(_random);
        // Mostly one or two changes: many at once are refused for the first of them.
        for (var changes = 1 + (int)(Math.Pow(_random.NextDouble(), 3) * 6); changes > 0; changes--)
            input = _target.Mutate(input, _pool.Pick(_random), _random);
        return input.Length <= MostInput ? input : input[..MostInput];
    }

    private void TryRead(byte[] input)
    {
        File.WriteAllBytes(_path, input);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        using (var process = Process.GetCurrentProcess())
            _processorTime = process.TotalProcessorTime;
        Interlocked.Exchange(ref _began, Stopwatch.GetTimestamp());
        try
        {
            var outcomes = _target.Read(_path).ToArray();
            _pool.Learn(input, outcomes);
            foreach (var outcome in outcomes)
                if (_told.Add(outcome.Split(':')[0]))
                    Say($"outcome {outcome.Split(':')[0]}");
        }
        catch (Exception e)
        {
            // One finding a kind and place; a run may meet the same thousands of times.
            var place = e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains(" LapeOps.", StringComparison.Ordinal))?.Trim() ?? "";
            if (_told.Add(e.GetType().Name + place))
                Say(Save(_findings, _target.FileName, input, $"{e.GetType().Name}: {e.Message} {place}"));
        }
        Interlocked.Exchange(ref _began, 0);
        // Asking takes a while: after inputs that took something, and now and then.
        if ((GC.GetAllocatedBytesForCurrentThread() - allocated > WorthALook || _inputs % 256 == 0) && PeakMemory.Megabytes is > MostMegabytes and var peak)
            End(input, $"{peak} MB of memory");
    }

    // Time is counted in ticks of this loop, not taken from a clock: where the whole process is held, by a debugger or a busy machine, so is it.
    private void Watch()
    {
        for (var (ticks, watched) = (0, 0L); ; Interlocked.Increment(ref _ticks))
        {
            Thread.Sleep(1000 / TicksASecond);
            var began = Interlocked.Read(ref _began);
            ticks = began != 0 && began == watched ? ticks + 1 : 0;
            watched = began;
            if (ticks < MostSeconds * TicksASecond)
                continue;
            // A thread may wait for a processor; one that waits for anything else does not do so for long.
            using var process = Process.GetCurrentProcess();
            if ((process.TotalProcessorTime - _processorTime).TotalSeconds > MostSeconds || ticks > 10 * MostSeconds * TicksASecond)
                End(File.ReadAllBytes(_path), $"hang: more than {MostSeconds} s");
        }
    }

    private void End(byte[] input, string what)
    {
        Tell();
        Say(Save(_findings, _target.FileName, input, what));
        Environment.Exit(EndedByFinding);
    }

    private void Tell() => Say($"tick {_inputs} {PeakMemory.Megabytes} {Interlocked.Read(ref _ticks) / TicksASecond}");

    private void Say(string line)
    {
        lock (_printing)
        {
            Console.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
