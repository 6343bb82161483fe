using LapeOps.Profiling;
using LapeOps.Statistics;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Benchmarks;

/// <summary>The whole profiling step of two layers of LLaMA-2-7B's shape, in useful floating-point operations a second over those of torch's matmul.</summary>
internal static class ProfilingSpeed
{
    private const int Tokens = 512, Rounds = 7, MatmulsAround = 4, WarmPasses = 12;

    public static IEnumerable<Figure> Measure()
    {
        using var scope = NewDisposeScope();
        var shape = LlamaShaped.Shape(vocabulary: 1024, layers: 2, hidden: 4096, width: 11008, heads: 32);
        using var weights = new RandomWeights(shape);
        using var transformer = new Transformer(shape, weights, CPU, ScalarType.Float32);
        using var tap = new CountingTap(shape.Layers, shape.Width, shape.Hidden, rowStart: 1, sums: true, CPU);
        var rows = new LanguageRows("", Tokens, 0, CountedRows: 1 << 20, HeldOutRows: 0, Groups: 1 << 20);
        var identity = new StatisticsIdentity("", "", "", shape.Layers, shape.Width, shape.Hidden, Tokens, [0], 0, Tokens, 1, "", "", "cpu", true, "");
        using var totals = new GroupAccumulator(identity, "", rows, null, CPU);
        var ids = randint(0, shape.Vocabulary, [1, Tokens], ScalarType.Int64);
        var attending = Attending.WholeRows(shape, Tokens, CPU);
        var (left, right) = (randn(Tokens, shape.Hidden), randn(shape.Hidden, shape.Width));

        void Matmul()
        {
            for (var i = 0; i < MatmulsAround; i++)
                mm(left, right).Dispose();
        }

        void Profile()
        {
            transformer.Observe(ids, attending, tap);
            totals.Add(tap, Tokens - 1);
        }

        // A run goes through thousands of layers: by then the heap has found its size.
        for (var i = 0; i < WarmPasses; i++)
            Profile();
        var times = Clock.Interleaved(Rounds, Matmul, Profile, Matmul);
        double matmul = 2.0 * Tokens * shape.Hidden * shape.Width * MatmulsAround, useful = UsefulOperations(shape);
        var reached = Enumerable.Range(0, Rounds).Select(i => 2 * matmul / (times[0][i] + times[2][i])).ToArray();
        var profiled = times[1].Select(t => useful / t).ToArray();
        var ratio = Clock.Median(profiled.Zip(reached, (p, r) => p / r));
        yield return new Figure("profiling, FLOP/s over matmul's", ratio, "", 0.95, AtMost: false,
            $"{Figure.Number(Clock.Median(profiled) / 1e9)} of {Figure.Number(Clock.Median(reached) / 1e9)} GFLOP/s");
    }

    // Two a weight and token of every linear layer that is needed (no head, no last down projection); 4 * head width * heads a causal pair.
    private static double UsefulOperations(Architectures.TransformerShape shape)
    {
        double hidden = shape.Hidden, width = shape.Width;
        var weights = (shape.Layers * ((4 * hidden * hidden) + (3 * hidden * width))) - (hidden * width);
        var pairs = Tokens * (Tokens + 1) / 2.0;
        return (2 * weights * Tokens) + (shape.Layers * 4.0 * shape.HeadWidth * shape.Heads * pairs);
    }
}
