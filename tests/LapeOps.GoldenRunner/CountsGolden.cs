using LapeOps.Formats.Pickle;
using LapeOps.Scoring;
using LapeOps.Statistics;

namespace LapeOps.GoldenRunner;

/// <summary>
/// Checks real counts of other people: njunlp/ read as full - prefix, LAPE on them, and files written in their format again. Tokens, cut-off
/// and sizes of the masks were computed apart from this program, with floats and sorts of Python's standard library.
/// </summary>
public static class CountsGolden
{
    private const float Cut = 0.5644363f;

    /// <summary>Language: response tokens, neurons.</summary>
    private static readonly Dictionary<string, (long Tokens, int Neurons)> _expected = new()
    {
        ["bn"] = (701467, 1137),
        ["de"] = (335753, 996),
        ["en"] = (319931, 52),
        ["es"] = (343440, 530),
        ["fr"] = (330590, 782),
        ["ja"] = (429589, 678),
        ["ru"] = (372039, 519),
        ["sw"] = (408472, 774),
        ["th"] = (631430, 543),
        ["zh"] = (382388, 338),
    };

    /// <summary>Every file of counts, full and prefix.</summary>
    public static IReadOnlyList<string> Files => Reference.Find("njunlp", "*.pt");

    /// <summary>Runs the case; the file only says where the folder is.</summary>
    public static Verdict Run(string file) => Verdict.Of("njunlp", Path.GetFileName(file), "counts", () => file == Files[0] ? Differences() : WrittenAgain(file));

    private static IEnumerable<string> Differences()
    {
        var statistics = CountsFile.Read(Files);
        var found = Lape.Score(ActivationCounts.Of(statistics), new LapeOptions());
        if ((statistics.Layers, statistics.Width, found.Neurons.Count) != (32, 14336, 4588))
            yield return $"{found.Neurons.Count} neurons of {statistics.Layers} x {statistics.Width}";
        if (Math.Abs(found.Cut - Cut) > 1e-7)
            yield return $"the cut-off is {found.Cut}";
        var mask = found.ToMask();
        foreach (var language in statistics.Activations)
            if (_expected[language.Language] != (language.Tokens, mask.Count(language.Language)))
                yield return $"{language.Language} has {language.Tokens} tokens and {mask.Count(language.Language)} neurons";
        if (!statistics.Identity.ModelName.StartsWith("Mistral-", StringComparison.Ordinal))
            yield return $"the model's name is '{statistics.Identity.ModelName}'";
    }

    /// <summary>The same dictionary written under the same name has the bytes that torch wrote, up to the serialization id.</summary>
    private static IEnumerable<string> WrittenAgain(string file)
    {
        var folder = Directory.CreateTempSubdirectory("lapeops-counts-").FullName;
        try
        {
            // Full counts by themselves; those of prompts under a name without the mark, since alone they are refused.
            var alone = Path.Combine(folder, Path.GetFileName(file).Replace("prefix.", "", StringComparison.Ordinal));
            File.Copy(file, alone);
            var statistics = CountsFile.Read([alone]);
            var again = CountsFile.Write(statistics, Path.Combine(folder, "again", Path.GetFileName(file)), CountsFormat.NjuNlp)[0];
            byte[] original = File.ReadAllBytes(file), written = File.ReadAllBytes(again);
            var id = original.AsSpan().IndexOf("/.data/serialization_idFB"u8);
            if (written.Length != original.Length || !written.AsSpan(0, id).SequenceEqual(original.AsSpan(0, id)))
                yield return $"{written.Length} bytes were written, of {original.Length} the first {written.AsSpan().CommonPrefixLength(original)} are as torch wrote them";
            using var archive = TorchArchive.Open(again);
            if (archive.Root is not IReadOnlyDictionary<string, object?> { Count: 2 })
                yield return "what was written is another object";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
