using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.Fuzz.Targets;

/// <summary>Small valid things to write as seeds.</summary>
internal static class Samples
{
    public static NeuronMask Mask(int layers, int width, params string[] languages) =>
        new(layers, width, languages, [.. languages.Select((_, k) => Enumerable.Range(0, layers).Select(layer => new[] { layer % width, width - 1 }.Distinct().Skip((layer + k) % 2).ToArray()).ToArray())]);

    /// <summary>Statistics of languages: name and groups of rows.</summary>
    public static ActivationStatistics Statistics(int layers, int width, bool sums, params (string Name, int Groups)[] languages)
    {
        const int Hidden = 4;
        var identity = new StatisticsIdentity("fingerprint", "demo", "tokenizer", layers, width, Hidden, 16, [5, 6], 8, 1000, 2, "File", "Float32", "cpu", sums, "0.1.0");
        return new(identity, [.. languages.Select(Language)]);

        LanguageActivation Language((string Name, int Groups) language)
        {
            var random = new Random(language.Groups);
            var blocks = Many(LanguageActivation.BlockCount(language.Groups) * layers * width, () => (uint)random.Next(100));
            long[] overZero = [.. Enumerable.Range(0, layers * width).Select(i => blocks.Where((_, j) => j % (layers * width) == i).Sum(b => b))];
            return new(language.Name, new LanguageRows(language.Name, 500, 4, 2 * language.Groups, 1, language.Groups), language.Groups, language.Groups * 1000, overZero, blocks,
                sums ? new(Doubles(layers * width), Doubles(layers * width), Doubles(layers * width), Doubles(layers * Hidden), Doubles(layers)) : null);

            double[] Doubles(int count) => Many(count, random.NextDouble);
        }
    }

    /// <summary>The bytes of a file that a writer makes in a folder, which does not keep it.</summary>
    public static byte[] Written(string folder, string name, Action<string> write)
    {
        var path = Path.Combine(folder, name);
        write(path);
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    private static T[] Many<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
