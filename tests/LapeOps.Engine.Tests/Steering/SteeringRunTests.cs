using LapeOps.Corpora;
using LapeOps.Engine.Tests.Support;
using LapeOps.Evaluation;
using LapeOps.Languages;
using LapeOps.Perplexity;
using LapeOps.Profiling;
using LapeOps.Scoring;
using LapeOps.Statistics;
using LapeOps.Steering;

namespace LapeOps.Engine.Tests.Steering;

/// <summary>The demo model, whose text makes little sense and is in the language that it is driven to.</summary>
public sealed class SteeringRunTests
{
    private static readonly SteeringQuestions Questions = new(["The menu", "How do I open a file?"], ["The selected cell"]);
    private static (ActivationStatistics, Corpus)? _measured;

    [Fact]
    public void Answers_are_driven_to_the_target_and_judged_one_by_one()
    {
        var model = DemoModel.Required();
        var (statistics, corpus) = Measured(model);
        var table = Run(model, statistics, corpus, new() { Targets = ["zh"], MaxTokens = 16, Methods = [SteeringMethod.None, SteeringMethod.Residual, SteeringMethod.Control, SteeringMethod.Paper] });

        Assert.Equal(["none", "residual", "control", "paper"], table.Rows.Select(r => r.Method));
        var (none, residual, control, paper) = (table.Rows[0], table.Rows[1], table.Rows[2], table.Rows[3]);
        Assert.Equal((2, 2, 0), (residual.OnTarget.Count, residual.OnTargetOfRun.Count, none.OnTarget.Count));
        Assert.Equal((null, null, null), (none.Neurons, none.ValuesChanged, none.KlDivergence));
        Assert.True(residual.ValuesChanged > 0 && residual.KlDivergence > 0 && residual.Layer is not null && residual.Strength is not null);
        Assert.Equal(paper.Neurons, control.Neurons);
        Assert.True(paper.ValuesChanged > 0 && paper.KlDivergence > 0);
        Assert.NotEqual(paper.KlDivergence, control.KlDivergence);
        Assert.All(table.Rows, r => Assert.Equal(2, r.OnTarget.Count + r.OnSource.Count + r.Other.Count));
        Assert.All(table.Rows, r => Assert.True(r.Detectable.Of > 5 && r.Length > 0));
        // Native Chinese of the length of Chinese answers is known as such.
        Assert.True(residual.Detectable.Value > 0.9);

        Assert.Equal(8, table.Answers.Count);
        var plain = new ModelView(model);
        foreach (var answer in table.Answers)
        {
            Assert.Contains($"Q: {Questions.Scored[table.Answers.ToList().IndexOf(answer) % 2]}\nA:", answer.Prompt, StringComparison.Ordinal);
            Assert.False(answer.Joint && answer.Repetition >= AnswerQuality.MostRepetition);
            // No stop string came, so that the text's ids are those that were generated.
            var (before, all) = (model.Tokenizer.Encode(answer.Prompt, true), model.Tokenizer.Encode(answer.Prompt + answer.Text, true));
            if (all.Length == before.Length + 16 && all.Take(before.Length).SequenceEqual(before))
                Assert.Equal(HeldOutPerplexity.RowNll(plain, [.. all.Select(i => (long)i)], 1, before.Length).Nll[0], answer.Nll!.Value, 1e-4);
        }
        Assert.Equal(table.Answers.Where(a => a.Method == "residual").Count(a => a.Joint), residual.Joint.Count);
    }

    [Fact]
    public void Strengths_make_a_sweep_of_the_methods_that_have_one_and_the_prompt_names_the_language()
    {
        var model = DemoModel.Required();
        var (statistics, corpus) = Measured(model);
        var table = Run(model, statistics, corpus, new()
        {
            Source = "zh",
            Targets = ["en"],
            MaxTokens = 2,
            Strengths = [0.5, 2],
            Methods = [SteeringMethod.DiffMean, SteeringMethod.Residual, SteeringMethod.Paper, SteeringMethod.Prompt],
        });
        Assert.Equal(["diffmean", "diffmean", "residual", "residual", "paper", "prompt"], table.Rows.Select(r => r.Method));
        Assert.Equal([0.5, 2.0], table.Rows.Take(2).Select(r => r.Strength!.Value));
        Assert.Equal(4, table.Rows[3].Strength!.Value / table.Rows[2].Strength!.Value, 9);
        Assert.Equal(table.Rows[2].Layer, table.Rows[3].Layer);
        Assert.All(table.Rows.Skip(4), r => Assert.Null(r.Strength));
        Assert.True(table.Rows[1].KlDivergence > table.Rows[0].KlDivergence);
        Assert.Equal("Q: Respond in English. The menu\nA:", table.Answers[^2].Prompt);
    }

    [Fact]
    public void A_run_can_be_stopped()
    {
        var model = DemoModel.Required();
        var (statistics, corpus) = Measured(model);
        using var stop = new CancellationTokenSource();
        var progress = new Told<SteeringProgress>(_ => stop.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => Run(model, statistics, corpus, new() { Targets = ["zh"], Methods = [SteeringMethod.None] }, progress, stop.Token));
    }

    [Theory]
    [InlineData(10, false, 12, 10, 0)]
    [InlineData(10, true, 70, 10, 4)]
    [InlineData(10, true, 12, 10, 2)]
    [InlineData(10, true, 10, 8, 2)]
    [InlineData(10, true, 2, 1, 1)]
    [InlineData(int.MaxValue, true, 70, 66, 4)]
    [InlineData(int.MaxValue, false, 70, 70, 0)]
    public void Questions_that_choose_are_never_scored(int most, bool tunes, int given, int scored, int tuning)
    {
        var questions = Enumerable.Range(0, given).Select(i => $" {i}").Append("  ").ToArray();
        var split = SteeringQuestions.Split(questions, most, tunes);
        Assert.Equal((scored, tuning), (split.Scored.Count, split.Tuning.Count));
        Assert.Empty(split.Scored.Intersect(split.Tuning));
        Assert.Equal("0", split.Scored[0]);
    }

    [Fact]
    public void Settings_without_sense_are_refused()
    {
        foreach (var options in new SteeringOptions[]
        {
            new() { Targets = [] }, new() { Targets = ["en"] }, new() { Targets = ["zh", "zh"] }, new() { Targets = ["zh"], Strengths = [] }, new() { Targets = ["zh"], Strengths = [double.NaN] },
            new() { Targets = ["zh"], Methods = [] }, new() { Targets = ["zh"], MaxTokens = 0 }, new() { Targets = ["zh"], BatchSize = 0 },
        })
            Assert.Equal("ParameterOutOfRange", Assert.Throws<LapeException>(options.Validate).ErrorId);
        Assert.Equal("QuestionMissing", Assert.Throws<LapeException>(() => SteeringQuestions.Split(["", " \r"], 10, false)).ErrorId);
        Assert.Equal("QuestionsTooFew", Assert.Throws<LapeException>(() => SteeringQuestions.Split(["one"], 10, true)).ErrorId);
    }

    private static (ActivationStatistics, Corpus) Measured(LanguageModel model) => _measured ??= Measure(model);

    private static (ActivationStatistics, Corpus) Measure(LanguageModel model)
    {
        var corpus = Corpus.FromNamed(new[] { "en", "zh", "fr" }.Select(l => KeyValuePair.Create(l, (IEnumerable<string>)[Path.Combine(DemoModel.Texts, $"{l}.txt")])), new CorpusReading());
        var plan = ProfilePlan.Make(model, corpus, new ProfileOptions { Context = 128, MaxTokens = 3000 });
        return (ActivationProfiler.Measure(model, plan), corpus);
    }

    private static SteeringTable Run(LanguageModel model, ActivationStatistics statistics, Corpus corpus, SteeringOptions options, IProgress<SteeringProgress>? progress = null, CancellationToken stop = default)
    {
        var scored = Lape.Score(ActivationCounts.Of(statistics), new LapeOptions());
        var detector = new LanguageDetector(statistics.Languages, DetectorAccuracy.Low);
        return new SteeringRun(model, statistics, scored.ToMask(), scored.SelectionMask(), HeldOutPerplexity.Rows(model, statistics, corpus), detector, options, progress, stop).Run(Questions);
    }
}
