using System.Diagnostics;
using System.Globalization;
using LapeOps.GoldenRunner;
using LapeOps.Transformers;

// LapeOps.GoldenRunner tokenizers: compares all tokenizers of the reference.
if (args is ["tokenizers"])
    return TokenizerGolden.RunAll();

// LapeOps.GoldenRunner FOLDER [DEVICE] [TYPE]: compares a fixture of reference/models, or the demo model, and prints differences and seconds.
if (args is not [var folder, .. var rest] || rest.Length > 2)
{
    Console.Error.WriteLine("usage: LapeOps.GoldenRunner tokenizers, or FOLDER [Auto|cpu|cuda] [Float32|BFloat16]");
    return 2;
}
var device = rest.ElementAtOrDefault(0) ?? "Auto";
var type = Enum.Parse<ComputeType>(rest.ElementAtOrDefault(1) ?? nameof(ComputeType.Float32), ignoreCase: true);
var demo = File.Exists(Path.Combine(folder, "tokenizer.json"));
using var tiny = demo ? null : new ModelGolden(folder, device, type);
using var real = demo ? new RealModelGolden(folder, folder, Path.Combine(folder, "texts"), device, type) : null;
var failed = 0;
foreach (var feature in demo ? RealModelGolden.Features : ModelGolden.Features)
{
    var clock = Stopwatch.StartNew();
    var differences = (demo ? real!.Compare(feature) : tiny!.Compare(feature)).ToArray();
    failed += differences.Length > 0 ? 1 : 0;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(differences.Length == 0 ? "ok  " : "DIFF")} {feature} ({clock.Elapsed.TotalSeconds:f2} s)"));
    foreach (var difference in differences)
        Console.WriteLine($"     {difference}");
}
return failed == 0 ? 0 : 1;
