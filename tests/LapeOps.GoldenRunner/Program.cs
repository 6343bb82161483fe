using System.Diagnostics;
using System.Globalization;
using LapeOps.GoldenRunner;
using LapeOps.Transformers;

// LapeOps.GoldenRunner tokenizers: compares all tokenizers of the reference.
if (args is ["tokenizers"])
    return TokenizerGolden.RunAll();

// LapeOps.GoldenRunner FOLDER [DEVICE] [TYPE]: compares a fixture of reference/models, or a real model, and prints differences and seconds.
if (args is not [var folder, .. var rest] || rest.Length > 2)
{
    Console.Error.WriteLine("usage: LapeOps.GoldenRunner tokenizers, or FOLDER [Auto|cpu|cuda] [Float32|BFloat16]");
    return 2;
}
var device = rest.ElementAtOrDefault(0) ?? "Auto";
var type = Enum.Parse<ComputeType>(rest.ElementAtOrDefault(1) ?? nameof(ComputeType.Float32), ignoreCase: true);
var isReal = File.Exists(Path.Combine(folder, "tokenizer.json"));
using var tiny = isReal ? null : new ModelGolden(folder, device, type);
// The demo model has its texts beside it; those of others are the corpora.
var texts = Path.Combine(folder, "texts") is var beside && Directory.Exists(beside) ? beside : Reference.Shared("corpora") ?? beside;
using var real = isReal ? new RealModelGolden(folder, folder, texts, device, type) : null;
var failed = 0;
foreach (var feature in isReal ? RealModelGolden.Features(folder) : ModelGolden.Features)
{
    var clock = Stopwatch.StartNew();
    var differences = (isReal ? real!.Compare(feature) : tiny!.Compare(feature)).ToArray();
    failed += differences.Length > 0 ? 1 : 0;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(differences.Length == 0 ? "ok  " : "DIFF")} {feature} ({clock.Elapsed.TotalSeconds:f2} s)"));
    foreach (var difference in differences)
        Console.WriteLine($"     {difference}");
}
return failed == 0 ? 0 : 1;
