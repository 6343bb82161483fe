using LapeOps.Scoring;

namespace LapeOps.Benchmarks;

/// <summary>LAPE on counts of the largest published size: 80 layers x 28,672 neurons x 7 languages.</summary>
internal static class ScoringSpeed
{
    private const int Layers = 80, Width = 28672, Languages = 7, Rounds = 7;
    private const long Tokens = 99_999_744;

    public static IEnumerable<Figure> Measure()
    {
        var random = new Random(1);
        var overZero = Enumerable.Range(0, Languages).Select(_ => new long[Layers * Width]).ToArray();
        for (var neuron = 0; neuron < Layers * Width; neuron++)
        {
            // Languages share most of a neuron's probability, as they do in a model.
            var shared = random.NextDouble();
            foreach (var language in overZero)
                language[neuron] = (long)(Tokens * shared * (0.5 + (0.5 * random.NextDouble())));
        }
        var names = Enumerable.Range(0, Languages).Select(k => $"{k}").ToArray();
        void Score() => Lape.Score(
            new ActivationCounts(Layers, Width, names, [.. overZero.Select(c => (ReadOnlyMemory<long>)c)], [.. names.Select(_ => Tokens)]), new LapeOptions());

        var first = Clock.Seconds(Score);
        var times = Clock.Interleaved(Rounds, Score)[0];
        yield return new Figure("scoring 80 x 28,672 x 7", Clock.Median(times), " s", 0.3, AtMost: true, $"checks included; the first time {Figure.Number(first)} s");
    }
}
