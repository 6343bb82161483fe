using LapeOps.Corpora;
using LapeOps.Profiling;

namespace LapeOps.Benchmarks;

/// <summary>Tokens a second of profiling the demo model on its own texts, with the defaults.</summary>
internal static class DemoSpeed
{
    private const int Rounds = 3;

    public static IEnumerable<Figure> Measure(string folder)
    {
        using var model = LanguageModel.Open(folder, "cpu");
        var corpus = Corpus.FromPaths([Path.Combine(folder, "texts")]);
        foreach (var context in new[] { 128, model.Shape.ContextLimit })
        {
            var plan = ProfilePlan.Make(model, corpus, new ProfileOptions { Context = context });
            var tokens = plan.Languages.Sum(l => (double)l.Rows.CountedRows * l.Plan.TextTokens);
            var times = Clock.Interleaved(Rounds, () => ActivationProfiler.Measure(model, plan));
            yield return new Figure($"profiling the demo model, context {context}", tokens / Clock.Median(times[0]), " tokens/s", null, AtMost: false,
                $"{Figure.Number(tokens)} tokens, {plan.Identity.RowsPerGroup} rows at once");
        }
    }
}
