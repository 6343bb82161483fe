using System.Text.Json;
using LapeOps.Evaluation;
using LapeOps.Formats;
using LapeOps.Masks;

namespace LapeOps.GoldenRunner;

/// <summary>Compares the agreement of masks with the reference: scorers/agreement/*.json.</summary>
public static class AgreementGolden
{
    /// <summary>Every case.</summary>
    public static IReadOnlyList<string> Files => Reference.Find(Path.Combine("scorers", "agreement"), "*.json");

    /// <summary>Runs a case.</summary>
    public static Verdict Run(string goldenFile) =>
        Verdict.Of("scorers", "agreement", Path.GetFileNameWithoutExtension(goldenFile), () => Differences(goldenFile));

    /// <summary>A line a difference.</summary>
    public static IEnumerable<string> Differences(string goldenFile)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(goldenFile));
        var root = golden.RootElement;
        return (root.TryGetProperty("rho", out var correlations) ? OfCorrelations(correlations, goldenFile) : OfMasks(root)).ToArray();
    }

    private static IEnumerable<string> OfCorrelations(JsonElement expected, string goldenFile)
    {
        using var arrays = SafetensorsFile.Open(Path.ChangeExtension(goldenFile, ".safetensors"));
        foreach (var rho in expected.EnumerateObject())
        {
            // Scores need a mask to stand in: one whose neurons are these.
            var (a, b) = (Scores($"{rho.Name}_a"), Scores($"{rho.Name}_b"));
            var mask = new NeuronMask(1, a.Count, ["all"], [[[.. Enumerable.Range(0, a.Count)]]]);
            foreach (var line in Near(rho.Name, MaskAgreement.Between(mask, mask, a, b).RankCorrelation, rho.Value, 1e-9))
                yield return line;
        }

        Dictionary<(int, int), double> Scores(string name) =>
            arrays.Read<double>(name).ToArray().Select((score, neuron) => (score, neuron)).ToDictionary(n => (0, n.neuron), n => n.score);
    }

    private static IEnumerable<string> OfMasks(JsonElement root)
    {
        var found = MaskAgreement.Between(Mask(root, "a"), Mask(root, "b"));
        var expected = root.GetProperty("agreement");
        string[] languages = [.. root.GetProperty("languages").EnumerateArray().Select(l => l.GetString()!)];
        if (!found.Languages.Select(l => l.Language).SequenceEqual([.. languages, MaskAgreement.Any]) || !found.LanguagesA.SequenceEqual(languages) || !found.LanguagesB.SequenceEqual(languages))
            return ["other languages"];
        return found.Languages.SelectMany(l => OfLanguage(l, expected.GetProperty(l.Language)))
            .Concat(Table("cross", found.Overlaps, (name, value, right) => value == right.GetInt32() ? [] : [$"{name}: {value}"]))
            .Concat(Table("cross_jaccard", found.Jaccards, (name, value, right) => Near(name, value, right, 1e-9)))
            .Concat(Table("cross_log10_p", found.Log10Ps, (name, value, right) => Near(name, value, right, 1e-6)));

        IEnumerable<string> Table<T>(string name, IReadOnlyList<IReadOnlyList<T>> cells, Func<string, T, JsonElement, IEnumerable<string>> compare) =>
            cells.SelectMany((row, k) => row.SelectMany((cell, l) => compare($"{name} {k} {l}", cell, root.GetProperty(name)[k][l])));
    }

    private static IEnumerable<string> OfLanguage(LanguageAgreement found, JsonElement expected)
    {
        var layers = expected.GetProperty("layers");
        var counts = new[] { "size_a", "size_b", "overlap" }.Select(name => expected.GetProperty(name).GetInt32()).Concat(layers.GetProperty("overlap").EnumerateArray().Select(o => o.GetInt32()));
        return (counts.SequenceEqual([found.SizeA, found.SizeB, found.Overlap, .. found.LayerOverlap]) ? Array.Empty<string>() : [$"{found.Language}: other counts"])
            .Concat(Near($"{found.Language} jaccard", found.Jaccard, expected.GetProperty("jaccard"), 1e-9))
            .Concat(Near($"{found.Language} expected overlap", found.ExpectedOverlap, expected.GetProperty("expected_overlap"), 1e-9))
            .Concat(Near($"{found.Language} expected overlap by layer", found.ExpectedOverlapByLayer, expected.GetProperty("expected_overlap_by_layer"), 1e-9))
            .Concat(Near($"{found.Language} log10 p", found.Log10P, expected.GetProperty("log10_p"), 1e-6))
            .Concat(found.LayerJaccard.SelectMany((j, layer) => Near($"{found.Language} jaccard of layer {layer}", j, layers.GetProperty("jaccard")[layer], 1e-9)));
    }

    private static NeuronMask Mask(JsonElement root, string name)
    {
        int layers = root.GetProperty("layers").GetInt32(), width = root.GetProperty("width").GetInt32();
        var owned = root.GetProperty(name).EnumerateObject().ToArray();
        return new NeuronMask(layers, width, [.. owned.Select(l => l.Name)],
            [.. owned.Select(l => NeuronMask.ByLayer(layers, l.Value.EnumerateArray().Select(n => (n.GetInt32() / width, n.GetInt32() % width))))]);
    }

    private static IEnumerable<string> Near(string name, double? found, JsonElement expected, double tolerance)
    {
        double? right = expected.ValueKind == JsonValueKind.Null ? null : expected.GetDouble();
        return found is { } value && right is { } number && Math.Abs(value - number) <= tolerance || found is null && right is null
            ? []
            : [FormattableString.Invariant($"{name}: {found:g17}, expected {right:g17}")];
    }
}
