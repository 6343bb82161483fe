using LapeOps.Statistics;

namespace LapeOps.GoldenRunner;

/// <summary>Statistics of counts and sums that golden files hold, by the type that the cmdlets take.</summary>
public static class GoldenStatistics
{
    /// <summary>Statistics of counts and sums of activations; the other sums are zeros.</summary>
    /// <param name="layers">L.</param>
    /// <param name="width">d.</param>
    /// <param name="languages">Names of the K languages.</param>
    /// <param name="tokens">[K] n.</param>
    /// <param name="overZero">[K * L * d].</param>
    /// <param name="sums">[K * L * d].</param>
    public static ActivationStatistics Of(int layers, int width, IReadOnlyList<string> languages, long[] tokens, long[] overZero, double[] sums)
    {
        var size = layers * width;
        return new(StatisticsIdentity.OfCounts("golden", layers, width), [.. languages.Select((language, k) => new LanguageActivation(
            language, new LanguageRows("", tokens[k], 0, 1, 0, 1), 1, tokens[k], overZero.AsMemory(k * size, size), new uint[size],
            new ActivationSums(sums.AsMemory(k * size, size), new double[size], new double[size], new double[layers], new double[layers])))]);
    }
}
