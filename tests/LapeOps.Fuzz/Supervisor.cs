using System.Diagnostics;
using System.Globalization;

namespace LapeOps.Fuzz;

/// <summary>Runs workers one after another until the time is over: a process that crashes is a finding, not the end.</summary>
internal sealed class Supervisor(Target target)
{
    public const string WorkerMark = "--worker";

    // Thousands of files a second, in memory where the system has a folder there.
    private readonly string _folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"lapeops-fuzz-{Environment.ProcessId}");
    private readonly string _findings = Directory.CreateTempSubdirectory($"lapeops-fuzz-{target.Name}-").FullName;
    private readonly SortedSet<string> _outcomes = new(StringComparer.Ordinal);
    private long _inputs;
    private long _peak;
    private int _seconds;
    private int _found;

    public int Run(int seconds, int seed)
    {
        Directory.CreateDirectory(_folder);
        // A worker that cannot begin is told once.
        for (var (start, began) = (0, true); began && _seconds < seconds; start++)
            began = RunWorker(seconds - _seconds, unchecked(seed + (start * 1_000_003)));
        Directory.Delete(_folder, recursive: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{target.Name}: {_inputs:N0} inputs in {_seconds / 60.0:F1} minutes, {_inputs / Math.Max(_seconds, 1)} a second; peak memory {_peak} MB; {_found} findings"));
        Console.WriteLine($"outcomes: {string.Join(' ', _outcomes)}");
        if (_found == 0)
            Directory.Delete(_findings);
        return _found == 0 ? 0 : 1;
    }

    private bool RunWorker(int seconds, int seed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!,
            [WorkerMark, target.Name, Number(seconds), Number(seed), _folder, _findings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var worker = Process.Start(start)!;
        var errors = worker.StandardError.ReadToEndAsync();
        var (inputs, ran, began) = (0L, 0, false);
        while (worker.StandardOutput.ReadLine() is { } line)
        {
            began = true;
            (inputs, ran) = Hear(line) ?? (inputs, ran);
        }
        worker.WaitForExit();
        _inputs += inputs;
        _seconds += Math.Max(ran, 1);
        if (worker.ExitCode is not (0 or Worker.EndedByFinding))
            Hear(Crash(worker.ExitCode, errors.Result));
        return began;
    }

    // The inputs and seconds so far, where a line tells them.
    private (long Inputs, int Seconds)? Hear(string line)
    {
        switch (line.Split(' '))
        {
            case ["tick", var inputs, var peak, var seconds]:
                _peak = Math.Max(_peak, long.Parse(peak, CultureInfo.InvariantCulture));
                return (long.Parse(inputs, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture));
            case ["outcome", var outcome]:
                _outcomes.Add(outcome);
                return null;
            default:
                _found++;
                Console.WriteLine(line);
                return null;
        }
    }

    private string Crash(int code, string errors)
    {
        var input = Path.Combine(_folder, target.FileName);
        var what = $"crash: exit code {code}: {string.Join(' ', errors.Split('\n').Take(4))}";
        return File.Exists(input) ? Worker.Save(_findings, target.FileName, File.ReadAllBytes(input), what) : $"finding {what}";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
