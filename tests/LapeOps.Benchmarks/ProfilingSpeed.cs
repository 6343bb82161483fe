using LapeOps.Architectures;
using LapeOps.Profiling;
using LapeOps.Statistics;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Benchmarks;

/// <summary>The whole profiling step, all sums included, in useful floating-point operations a second over those of torch's matmul.</summary>
internal static class ProfilingSpeed
{
    private const int Rounds = 7, MatmulsAround = 4;

    /// <summary>Two layers of LLaMA-2-7B's shape.</summary>
    public static IEnumerable<Figure> Measure()
    {
        using var scope = NewDisposeScope();
        var shape = LlamaShaped.Shape(vocabulary: 1024, layers: 2, hidden: 4096, width: 11008, heads: 32);
        using var weights = new RandomWeights(shape, Family.All.Single(f => f.ModelType == "llama").Names, ScalarType.Float32, CPU);
        using var transformer = new Transformer(shape, weights, CPU, ScalarType.Float32);
        yield return Measure("profiling, FLOP/s over matmul's", transformer, rows: 1, tokens: 512, bar: 0.95, warmPasses: 12);
    }

    /// <summary>A real model, at two lengths of rows.</summary>
    public static IEnumerable<Figure> Measure(string folder)
    {
        using var model = LanguageModel.Open(folder, "cpu");
        foreach (var (rows, tokens) in new[] { (8, 256), (2, 1024) })
            yield return Measure($"profiling {model.Name}, {rows} x {tokens}", model.Transformer, rows, tokens, bar: 0.8, warmPasses: 2);
    }

    // A run goes through thousands of layers: after the warm passes the heap has found its size.
    private static Figure Measure(string name, Transformer transformer, int rows, int tokens, double bar, int warmPasses)
    {
        using var scope = NewDisposeScope();
        var shape = transformer.Shape;
        using var tap = new CountingTap(shape.Layers, shape.Width, shape.Hidden, rowStart: 1, sums: true, CPU);
        var language = new LanguageRows("", tokens, 0, CountedRows: 1 << 20, HeldOutRows: 0, Groups: 1 << 20);
        var identity = new StatisticsIdentity("", "", "", shape.Layers, shape.Width, shape.Hidden, tokens, [0], 0, tokens, 1, "", "", "cpu", true, "");
        using var totals = new GroupAccumulator(identity, "", language, null, CPU);
        var ids = randint(0, shape.Vocabulary, [rows, tokens], ScalarType.Int64);
        var attending = Attending.WholeRows(shape, tokens, CPU);
        var (left, right) = (randn(512, 4096), randn(4096, 11008));

        void Matmul()
        {
            for (var i = 0; i < MatmulsAround; i++)
                mm(left, right).Dispose();
        }

        void Profile()
        {
            transformer.Observe(ids, attending, tap);
            totals.Add(tap, rows * (tokens - 1L));
        }

        for (var i = 0; i < warmPasses; i++)
            Profile();
        var times = Clock.Interleaved(Rounds, Matmul, Profile, Matmul);
        double matmul = 2.0 * left.numel() * right.shape[1] * MatmulsAround, useful = rows * ProfileOperations.OfRow(shape, tokens);
        var reached = Enumerable.Range(0, Rounds).Select(i => 2 * matmul / (times[0][i] + times[2][i])).ToArray();
        var profiled = times[1].Select(t => useful / t).ToArray();
        return new Figure(name, Clock.Median(profiled.Zip(reached, (p, r) => p / r)), "", bar, AtMost: false,
            $"{Figure.Number(Clock.Median(profiled) / 1e9)} of {Figure.Number(Clock.Median(reached) / 1e9)} GFLOP/s");
    }
}
