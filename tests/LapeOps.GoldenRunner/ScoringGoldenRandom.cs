using System.Text.Json;
using LapeOps.Masks;
using LapeOps.Scoring;

namespace LapeOps.GoldenRunner;

/// <summary>Checks random control masks for the properties that scorers/random lists.</summary>
public static class ScoringGoldenRandom
{
    /// <summary>Every case.</summary>
    public static IReadOnlyList<string> Files => Reference.Find(Path.Combine("scorers", "random"), "*.json");

    /// <summary>Runs a case.</summary>
    public static Verdict Run(string goldenFile) => Verdict.Of("scorers", Path.GetFileNameWithoutExtension(goldenFile), "random", () => Differences(goldenFile));

    /// <summary>A line a property that does not hold; numbers are the file's own.</summary>
    public static IEnumerable<string> Differences(string goldenFile)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(goldenFile));
        var root = golden.RootElement;
        int layers = root.GetProperty("layers").GetInt32(), width = root.GetProperty("width").GetInt32();
        var mask = Mask(root.GetProperty("mask"), layers, width);
        var controls = Enumerable.Range(0, root.GetProperty("draws").GetInt32()).Select(seed => RandomNeurons.Draw(mask, mask, width, (ulong)seed)).ToArray();

        foreach (var control in controls)
            foreach (var (language, k) in mask.Languages.Select((l, k) => (l, k)))
                for (var layer = 0; layer < layers; layer++)
                    if (control.Neurons(language, layer).Length != root.GetProperty("sizes")[k][layer].GetInt32() || control.Neurons(language, layer).ToArray().Intersect(mask.Union(layer)).Any())
                        yield return $"1, 2: a control of {language} in layer {layer} has another size, or a neuron of the mask";
        if (Text(RandomNeurons.Draw(mask, mask, width, 3)) != Text(controls[3]) || controls[..10].DistinctBy(Text).Count() != 10)
            yield return "3: a seed gives two controls, or two seeds one";
        foreach (var uniform in root.GetProperty("uniform").EnumerateArray())
        {
            var statistic = ChiSquare(controls, mask, uniform);
            if (statistic < uniform.GetProperty("at_least").GetDouble() || statistic > uniform.GetProperty("at_most").GetDouble())
                yield return $"5: neurons of {uniform.GetProperty("language")} are not equally likely: {statistic}";
        }
        var message = "";
        try
        {
            var impossible = Mask(root.GetProperty("impossible"), layers, width);
            RandomNeurons.Draw(impossible, impossible, width, 0);
        }
        catch (LapeException e) when (e.ErrorId == "RandomNeuronsDoNotFit")
        {
            message = e.Message;
        }
        if (!message.Contains("Layer 3 ") || !message.Contains("'en'"))
            yield return "6: the impossible control gives no error that names language and layer";
    }

    private static double ChiSquare(NeuronMask[] controls, NeuronMask mask, JsonElement uniform)
    {
        var (language, layer) = (uniform.GetProperty("language").GetString()!, uniform.GetProperty("layer").GetInt32());
        double free = uniform.GetProperty("free").GetInt32(), drawn = uniform.GetProperty("drawn").GetInt32();
        var times = controls.SelectMany(c => c.Neurons(language, layer).ToArray()).CountBy(n => n).ToDictionary();
        var expected = controls.Length * drawn / free;
        return Enumerable.Range(0, mask.Width!.Value).Except(mask.Union(layer))
            .Sum(n => Math.Pow(times.GetValueOrDefault(n) - expected, 2) / (expected * (1 - drawn / free)));
    }

    private static NeuronMask Mask(JsonElement owners, int layers, int width)
    {
        var flat = owners.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.EnumerateArray().Select(e => e.GetInt32()).ToLookup(i => i / width, i => i % width));
        return new NeuronMask(layers, width, [.. flat.Keys], [.. flat.Values.Select(f => Enumerable.Range(0, layers).Select(layer => f[layer].ToArray()).ToArray())]);
    }

    private static string Text(NeuronMask mask) =>
        string.Join('|', mask.Languages.SelectMany(l => Enumerable.Range(0, mask.Layers).Select(layer => string.Join(',', mask.Neurons(l, layer).ToArray()))));
}
