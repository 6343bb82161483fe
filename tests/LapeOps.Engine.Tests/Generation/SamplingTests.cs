using LapeOps.Engine.Tests.Support;
using LapeOps.Generation;

namespace LapeOps.Engine.Tests.Generation;

public sealed class SamplingTests
{
    private static readonly TinyModel Tiny = new();
    private static readonly int[] Prompt = Values.Ids(6, seed: 3);

    [Fact]
    public void A_repetition_penalty_weighs_every_id_seen_in_prompt_and_output_once()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        const double penalty = 1.3;
        var plain = new PlainLlama(Tiny, Tiny.Weights());
        List<int> ids = [.. Prompt];
        for (var step = 0; step < 8; step++)
        {
            var logits = plain.Forward([.. ids])[^1];
            foreach (var id in ids.Distinct())
                logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
            ids.Add(Array.IndexOf(logits, logits.Max()));
        }
        var answer = new ModelView(model).Answer(Prompt, new() { MaxTokens = 8, RepetitionPenalty = penalty, StopAtEnd = false });
        Assert.Equal(ids.Skip(Prompt.Length), answer.TokenIds);
    }

    [Theory]
    [InlineData(4096), InlineData(-4096), InlineData(1), InlineData(-5000)]
    public void Of_equally_likely_tokens_of_a_large_vocabulary_the_first_is_chosen(int distance)
    {
        var large = Tiny with { Vocabulary = 9003 };
        var weights = large.Weights();
        var logits = new PlainLlama(large, weights).Forward(Prompt)[^1];
        var likeliest = Array.IndexOf(logits, logits.Max());
        var twin = (likeliest + distance + large.Vocabulary) % large.Vocabulary;
        var head = weights["lm_head.weight"].Values;
        Array.Copy(head, likeliest * large.Hidden, head, twin * large.Hidden, large.Hidden);

        using var folder = new TempFolder();
        CheckpointWriter.Write(folder.Path, large.Config(), weights);
        using var model = LanguageModel.Open(folder.Path, "cpu");
        Assert.Equal([Math.Min(likeliest, twin)], new ModelView(model).Answer(Prompt, new() { MaxTokens = 1, StopAtEnd = false }).TokenIds);
    }

    [Fact]
    public void The_same_seed_and_number_draw_the_same_ids_in_any_batch_and_others_do_not()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var view = new ModelView(model);
        var options = Sampled with { Seed = 42, MaxTokens = 10 };
        var requests = Enumerable.Range(0, 5).Select(i => new GenerationRequest(view, "", Values.Ids(3 + i, seed: i), i)).ToArray();
        var together = Generator.Answer(requests, options);
        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(Generator.Answer([requests[i]], options)[0].TokenIds, together[i].TokenIds);
        var other = view.Answer(Prompt, options with { Seed = 43 }).TokenIds;
        Assert.NotEqual(view.Answer(Prompt, options).TokenIds, other);
        Assert.NotEqual(view.Answer(Prompt, options with { Seed = 43 }, number: 1).TokenIds, other);
    }

    [Fact]
    public void A_tiny_top_p_is_greedy()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var view = new ModelView(model);
        var greedy = view.Answer(Prompt, Sampled with { Temperature = 0, MaxTokens = 10 });
        Assert.Equal(greedy.TokenIds, view.Answer(Prompt, Sampled with { TopP = 1e-6, MaxTokens = 10 }).TokenIds);
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(0.7, 1.0)]
    [InlineData(1.0, 0.6)]
    public void Draws_are_distributed_as_softmax_says(double temperature, double topP)
    {
        const int draws = 4000;
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var view = new ModelView(model);
        var expected = Nucleus(PlainLlama.Softmax(Array.ConvertAll(new PlainLlama(Tiny, Tiny.Weights()).Forward(Prompt)[^1], l => l / temperature)), topP);
        var requests = Enumerable.Range(0, draws).Select(i => new GenerationRequest(view, "", Prompt, i)).ToArray();
        var counts = new int[Tiny.Vocabulary];
        foreach (var answer in Generator.Answer(requests, Sampled with { Temperature = temperature, TopP = topP, MaxTokens = 1, Seed = 7 }))
            counts[Assert.Single(answer.TokenIds)]++;
        for (var id = 0; id < counts.Length; id++)
        {
            var (p, deviation) = (expected[id], Math.Sqrt(draws * expected[id] * (1 - expected[id])));
            Assert.True(Math.Abs(counts[id] - (draws * p)) <= 5 * deviation + (p > 0 ? 1 : 0), $"id {id} was drawn {counts[id]} times of {draws}, p = {p}");
        }
    }

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, -1, 1, 1)]
    [InlineData(1, double.NaN, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 1.1, 1)]
    [InlineData(1, 1, 1, 0)]
    public void Options_without_sense_are_refused(int maxTokens, double temperature, double topP, double penalty)
    {
        var options = new GenerationOptions { MaxTokens = maxTokens, Temperature = temperature, TopP = topP, RepetitionPenalty = penalty };
        Assert.Equal("ParameterOutOfRange", Assert.Throws<LapeException>(options.Validate).ErrorId);
        Assert.Equal("ParameterOutOfRange", Assert.Throws<LapeException>(() => new GenerationOptions { Stop = ["x", ""] }.Validate()).ErrorId);
    }

    private static GenerationOptions Sampled { get; } = new() { Temperature = 1, RepetitionPenalty = 1, StopAtEnd = false };

    // The likeliest that together reach top-p, the one that crosses it included, made to sum to one.
    private static double[] Nucleus(double[] probabilities, double topP)
    {
        var kept = new double[probabilities.Length];
        double reached = 0;
        foreach (var id in Enumerable.Range(0, kept.Length).OrderByDescending(id => probabilities[id]).TakeWhile(_ => reached < topP))
            reached += kept[id] = probabilities[id];
        return Array.ConvertAll(kept, p => p / reached);
    }
}
