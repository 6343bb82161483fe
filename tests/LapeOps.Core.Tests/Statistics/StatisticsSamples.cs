using LapeOps.Statistics;

namespace LapeOps.Core.Tests.Statistics;

/// <summary>Small statistics with random values.</summary>
internal static class StatisticsSamples
{
    public const int Layers = 2, Width = 3, Hidden = 4;

    public static StatisticsIdentity Identity(bool sums) =>
        new("fingerprint", "demo", "tokenizer", Layers, Width, Hidden, 16, [5, 6], 8, 1000, 2, "File", "Float32", "cpu", sums, "0.1.0");

    /// <summary>Statistics of whole languages: name, groups and the texts that were counted.</summary>
    public static ActivationStatistics Of(bool sums, params (string Language, int Groups, string Corpus)[] languages) =>
        new(Identity(sums), [.. languages.Select(l => Language(l.Language, l.Groups, l.Groups, l.Corpus, sums))]);

    public static LanguageActivation Language(string name, int groups, int counted, string corpus, bool sums)
    {
        var random = new Random(groups);
        var blocks = Many(LanguageActivation.BlockCount(groups) * Layers * Width, _ => (uint)random.Next(1 << 20));
        var overZero = Many(Layers * Width, i => (long)blocks.Where((_, j) => j % (Layers * Width) == i).Sum(b => b));
        return new(name, new LanguageRows(corpus, 500, 4, 2 * groups, 1, groups), counted, counted * 28L << 16, overZero, blocks,
            sums ? new ActivationSums(Doubles(Layers * Width), Doubles(Layers * Width), Doubles(Layers * Width), Doubles(Layers * Hidden), Doubles(Layers)) : null);

        double[] Doubles(int count) => Many(count, _ => random.NextDouble());
    }

    public static T[] Many<T>(int count, Func<int, T> make) => [.. Enumerable.Range(0, count).Select(make)];
}
