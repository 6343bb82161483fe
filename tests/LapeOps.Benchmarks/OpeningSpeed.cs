using System.Diagnostics;
using System.Globalization;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Benchmarks;

/// <summary>Opening a model and its first logits, in fresh processes: nothing of ours is compiled or warm.</summary>
internal static class OpeningSpeed
{
    /// <summary>The argument that makes this program the process that is measured.</summary>
    public const string ChildArgument = "--opening-child";

    private const int Rounds = 5, Tokens = 8;

    public static IEnumerable<Figure> Measure(string model, double bar)
    {
        var runs = Enumerable.Range(0, Rounds).Select(_ => Child(model)).ToArray();
        yield return new Figure($"open {Path.GetFileName(model)} + first logits", Clock.Median(runs.Select(r => r.Opening)), " s", bar, AtMost: true,
            $"fresh process, after libtorch's load ({Figure.Number(Clock.Median(runs.Select(r => r.Load)))} s); again when warm {Clock.Median(runs.Select(r => r.Warm)).ToString("0.###", CultureInfo.InvariantCulture)} s");
    }

    /// <summary>Prints the seconds of libtorch's load, of opening with first logits, and of the same when warm.</summary>
    public static void RunChild(string model)
    {
        var load = Clock.Seconds(NativeRuntime.EnsureLoaded);
        var opening = Clock.Seconds(() => FirstLogits(model));
        var warm = Clock.Seconds(() => FirstLogits(model));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{load} {opening} {warm}"));
    }

    private static void FirstLogits(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = LanguageModel.Open(folder, "cpu");
        var ids = arange(100, 100 + Tokens, ScalarType.Int64).unsqueeze(0);
        new ModelView(model).Logits(ids).data<float>().ToArray();
    }

    private static (double Load, double Opening, double Warm) Child(string model)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(OpeningSpeed).Assembly.Location);
        start.ArgumentList.Add(ChildArgument);
        start.ArgumentList.Add(model);
        using var process = Process.Start(start)!;
        var seconds = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
        process.WaitForExit();
        return process.ExitCode == 0
            ? (Parse(seconds[0]), Parse(seconds[1]), Parse(seconds[2]))
            : throw new InvalidOperationException("The measured process failed; what it wrote stands above.");

        static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
