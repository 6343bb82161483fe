using System.Text.Json;
using LapeOps.Formats;
using LapeOps.Scoring;

namespace LapeOps.GoldenRunner;

/// <summary>Compares LAPE with the reference: scoring/*.json, counts and entropies in the .safetensors beside each.</summary>
public static class ScoringGolden
{
    /// <summary>The page's tolerance for entropies: float32, summed in another order there.</summary>
    private const float EntropyTolerance = 1e-6f;

    /// <summary>Every case.</summary>
    public static IReadOnlyList<string> Files => Reference.Find("scoring", "*.json");

    /// <summary>Runs a case.</summary>
    public static Verdict Run(string goldenFile) => Verdict.Of("scoring", Path.GetFileNameWithoutExtension(goldenFile), "lape", () => Differences(goldenFile));

    /// <summary>A line a difference.</summary>
    public static IEnumerable<string> Differences(string goldenFile)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(goldenFile));
        using var arrays = SafetensorsFile.Open(Path.ChangeExtension(goldenFile, ".safetensors"));
        var root = golden.RootElement;
        var counts = Counts(root, arrays);
        var options = new LapeOptions(root.GetProperty("top_rate").GetDouble(), root.GetProperty("filter_rate").GetDouble(), root.GetProperty("activation_bar_ratio").GetDouble());
        var found = Lape.Score(counts, options);
        var mask = found.ToMask();

        if (found.Cut != root.GetProperty("cut").GetSingle() || found.Bar != root.GetProperty("bar").GetSingle())
            yield return $"cut and bar are {found.Cut} and {found.Bar}";
        if (!found.Neurons.Select(n => n.Layer * counts.Width + n.Neuron).SequenceEqual(Integers(root.GetProperty("selected"))))
            yield return "the selected neurons differ";
        for (var k = 0; k < counts.Languages.Count; k++)
        {
            var language = counts.Languages[k];
            var owned = found.Neurons.Where(n => n.Owners.Contains(k)).Select(n => n.Layer * counts.Width + n.Neuron);
            if (!owned.SequenceEqual(Integers(root.GetProperty("owners").GetProperty(language))))
                yield return $"the neurons of {language} differ";
            if (mask.Count(language) != root.GetProperty("sizes")[k].GetInt32())
                yield return $"the mask of {language} has {mask.Count(language)} neurons";
        }
        var worst = Distances(Lape.Entropy(counts), arrays.Read<float>("entropy", counts.Layers, counts.Width).ToArray()).Max();
        if (worst > EntropyTolerance)
            yield return $"an entropy is {worst} off";
        if (Math.Abs(found.Neurons.Max(n => n.Score) - root.GetProperty("entropy_cut").GetSingle()) > EntropyTolerance)
            yield return $"the greatest selected entropy is {found.Neurons.Max(n => n.Score)}";
    }

    private static ActivationCounts Counts(JsonElement root, SafetensorsFile arrays)
    {
        int layers = root.GetProperty("layers").GetInt32(), width = root.GetProperty("width").GetInt32();
        var languages = root.GetProperty("languages").EnumerateArray().Select(l => l.GetString()!).ToArray();
        var all = arrays.Read<long>("over_zero", languages.Length, layers, width);
        var size = layers * width;
        return new ActivationCounts(layers, width, languages, [.. languages.Select((_, k) => all.Slice(k * size, size))], arrays.Read<long>("n").ToArray());
    }

    private static IEnumerable<float> Distances(float[] found, float[] expected) => found.Zip(expected, (f, e) => Math.Abs(f - e));

    private static IEnumerable<int> Integers(JsonElement array) => array.EnumerateArray().Select(e => e.GetInt32());
}
