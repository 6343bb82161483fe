using LapeOps.Corpora;
using LapeOps.Engine.Tests.Support;
using LapeOps.Perplexity;
using LapeOps.Profiling;
using LapeOps.Scoring;
using LapeOps.Transformers;

namespace LapeOps.Engine.Tests.Golden;

/// <summary>What computing in bfloat16 does to the results of a real model.</summary>
public sealed class GemmaTypesGoldenTests
{
    [Fact]
    public void Results_in_bfloat16_stay_near_those_in_float32()
    {
        var folder = GemmaModel.Required();
        var (single, singleNll) = Measure(folder, ComputeType.Float32);
        var (half, halfNll) = Measure(folder, ComputeType.BFloat16);

        var far = 0;
        for (var language = 0; language < single.Languages.Count; language++)
            for (var i = 0; i < single.Size; i++)
                far += Math.Abs((single.OverZero(language)[i] / (double)single.Tokens[language]) - (half.OverZero(language)[i] / (double)half.Tokens[language])) > 0.01 ? 1 : 0;
        Assert.InRange(far / (double)(single.Size * single.Languages.Count), 0, 0.001);
        Assert.InRange(Jaccard(Neurons(single), Neurons(half)), 0.9, 1);
        Assert.Equal(singleNll, halfNll, (a, b) => Math.Abs(a - b) <= 0.02);
    }

    private static (ActivationCounts Counts, double[] Nll) Measure(string folder, ComputeType type)
    {
        using var model = LanguageModel.Open(folder, "cpu", type);
        var corpus = Corpus.FromPaths([GemmaModel.Corpora!]);
        var plan = ProfilePlan.Make(model, corpus, new ProfileOptions { Context = 256, MaxTokens = 6 * 255, HoldOut = 2, Sums = false });
        var statistics = ActivationProfiler.Measure(model, plan);
        var view = new ModelView(model);
        return (ActivationCounts.Of(statistics), [.. HeldOutPerplexity.Rows(model, statistics, corpus).Select(rows => HeldOutPerplexity.Measure(view, rows).Nll)]);
    }

    private static HashSet<(int, int, int)> Neurons(ActivationCounts counts) =>
        [.. Lape.Score(counts, new LapeOptions()).Neurons.SelectMany(n => n.Owners, (n, owner) => (n.Layer, n.Neuron, owner))];

    private static double Jaccard<T>(HashSet<T> a, HashSet<T> b) => a.Intersect(b).Count() / (double)a.Union(b).Count();
}
