using System.Globalization;
using LapeOps.Fuzz;

// LapeOps.Fuzz TARGET [MINUTES [SEED]]: feeds a reader mutated files; exits with 1 where one crashed, hung or took too much memory.
// LapeOps.Fuzz TARGET FILE: reads one file again, say one that a run has saved.
return args switch
{
    [Supervisor.WorkerMark, var name, var seconds, var seed, var folder, var findings] when Target.Find(name) is { } target =>
        new Worker(target, folder, findings, Number(seed)).Run(Number(seconds)),
    [var name, var file] when Target.Find(name) is { } target && File.Exists(file) => Again(target, file),
    [var name, ..] when Target.Find(name) is { } target && args.Length <= 3 && args.Skip(1).All(a => int.TryParse(a, CultureInfo.InvariantCulture, out _)) =>
        new Supervisor(target).Run(60 * (args.Length > 1 ? Number(args[1]) : 10), args.Length > 2 ? Number(args[2]) : 1),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Again(Target target, string file)
{
    foreach (var outcome in target.Read(file))
        Console.WriteLine(outcome);
    Console.WriteLine($"peak memory {PeakMemory.Megabytes} MB");
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine($"usage: LapeOps.Fuzz {string.Join('|', Target.Names)} [MINUTES [SEED] | FILE]");
    return 2;
}
