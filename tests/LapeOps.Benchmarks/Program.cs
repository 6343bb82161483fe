using System.Runtime.InteropServices;
using LapeOps.Benchmarks;
using LapeOps.Native;

// LapeOps.Benchmarks [NAME...]: measures, prints each figure beside its bar, exits 1 where one falls short.
// Gemma 3 270M is measured where LAPE_GEMMA names its folder, tokenizers where ../shared/reference is there.
if (args is [OpeningSpeed.ChildArgument, var measured])
{
    OpeningSpeed.RunChild(measured);
    return 0;
}
var measures = new (string Name, Func<IEnumerable<Figure>> Measure)[]
{
    ("opening", () => OpeningSpeed.Measure(DemoModel(), bar: 0.3)),
    ("scoring", () => ScoringSpeed.Measure().Concat(NeuronsSpeed.Measure())),
    ("tokenizers", () => ReferenceFolder() is { } reference ? TokenizerSpeed.Measure(reference) : []),
    ("demo", () => DemoSpeed.Measure(DemoModel())),
    ("profiling", ProfilingSpeed.Measure),
    ("gemma", () => Environment.GetEnvironmentVariable("LAPE_GEMMA") is { Length: > 0 } gemma
        ? ProfilingSpeed.Measure(gemma).Concat(OpeningSpeed.Measure(gemma, bar: 0.5)).Concat(DecodingSpeed.Measure(gemma, "decoding Gemma", bar: 0.7))
        : []),
    ("decoding", DecodingSpeed.Measure),
    ("build", () => BuildSpeed.Measure(DemoModel())),
};
if (args.Except(measures.Select(m => m.Name)).ToArray() is { Length: > 0 } unknown)
{
    Console.Error.WriteLine($"{string.Join(", ", unknown)}: not measured here. usage: LapeOps.Benchmarks [{string.Join("|", measures.Select(m => m.Name))}]...");
    return 2;
}
NativeRuntime.EnsureLoaded();
Console.WriteLine($"{DeviceInfo.Processor()}, libtorch {RuntimeFolder.LibtorchVersion}, {RuntimeInformation.FrameworkDescription}");
var fallsShort = false;
foreach (var figure in measures.Where(m => args.Length == 0 || args.Contains(m.Name)).SelectMany(m => m.Measure()))
{
    Console.WriteLine(figure);
    fallsShort |= !figure.Holds;
}
return fallsShort ? 1 : 0;

static string DemoModel() => Above("examples", "demo") ?? throw new InvalidOperationException("examples/demo is nowhere above this program: run it from the repository.");

static string? ReferenceFolder() => Above("..", "shared", "reference");

// A path below a folder above this program.
static string? Above(params string[] path)
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        if (Path.Combine([folder.FullName, .. path]) is var found && Directory.Exists(found))
            return found;
    return null;
}
