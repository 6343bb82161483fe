using LapeOps.Generation;
using static TorchSharp.torch;
using Generator = LapeOps.Generation.Generator;

namespace LapeOps.Benchmarks;

/// <summary>Decoding, in bytes of weights read a second over those of torch's matrix-vector product.</summary>
internal static class DecodingSpeed
{
    private const int NewTokens = 32, Rounds = 7, Batch = 16, Products = 16;
    private const long Side = 8192;

    /// <summary>A model of LLaMA's shape and 300 MB.</summary>
    public static IEnumerable<Figure> Measure()
    {
        var shape = LlamaShaped.Shape(vocabulary: 24000, layers: 4, hidden: 1024, width: 2816, heads: 16);
        var folder = Directory.CreateTempSubdirectory("lapeops-benchmark-").FullName;
        try
        {
            LlamaShaped.Write(folder, shape);
            foreach (var figure in Measure(folder, "decoding", bar: 0.75))
                yield return figure;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A model of a folder.</summary>
    public static IEnumerable<Figure> Measure(string folder, string name, double bar)
    {
        using var scope = NewDisposeScope();
        using var model = LanguageModel.Open(folder, "cpu");
        var view = new ModelView(model);
        var requests = Enumerable.Range(0, Batch).Select(i => new GenerationRequest(view, "", [i + 1], i)).ToArray();
        var options = new GenerationOptions { MaxTokens = NewTokens, StopAtEnd = false, BatchSize = Batch };
        var (matrix, vector) = (rand(Side, Side), rand(Side)); // 256 MB

        void Product()
        {
            for (var i = 0; i < Products; i++)
                mv(matrix, vector).Dispose();
        }

        // A prompt of one token: its pass reads the weights once, as that of every further token does.
        var times = Clock.Interleaved(Rounds, Product, () => Generator.Answer(requests[..1], options), () => Generator.Answer(requests, options));
        var bytes = sizeof(float) * (double)LlamaShaped.WeightsPerToken(model.Shape);
        var product = times[0].Select(t => sizeof(float) * Side * Side * Products / t).ToArray();
        var alone = times[1].Select(t => NewTokens / t).ToArray();
        var batched = times[2].Select(t => Batch * NewTokens / t).ToArray();
        yield return new Figure($"{name}, bytes/s over mv's", Clock.Median(alone.Zip(product, (a, p) => a * bytes / p)), "", bar, AtMost: false,
            $"{Figure.Number(Clock.Median(alone))} tokens/s of {Figure.Number(bytes / 1e6)} MB; mv {Figure.Number(Clock.Median(product) / 1e9)} GB/s");
        yield return new Figure($"{name}, batch 16 over batch 1", Clock.Median(batched.Zip(alone, (b, a) => b / a)), "", 8, AtMost: false,
            $"{Figure.Number(Clock.Median(batched))} tokens/s, {Figure.Number(Clock.Median(batched.Zip(product, (b, p) => b * bytes / p)))} times what mv's bytes/s would give one row");
    }
}
