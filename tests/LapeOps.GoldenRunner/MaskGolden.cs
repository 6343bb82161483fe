using System.IO.Compression;
using LapeOps.Masks;

namespace LapeOps.GoldenRunner;

/// <summary>
/// Checks the paper's own masks: their sizes are those that METHOD.md lists, and one read and written again is the file that torch wrote.
/// </summary>
public static class MaskGolden
{
    /// <summary>Name of the file: neurons of each language, different neurons.</summary>
    private static readonly Dictionary<string, (int[] Sizes, int Distinct)> _published = new()
    {
        ["LLaMA-2-7B"] = ([95, 583, 1022, 838, 836, 1068, 582], 3523),
        ["LLaMA-2-13B"] = ([161, 1168, 1583, 1255, 1252, 1384, 1435], 5530),
        ["LLaMA-2-70B"] = ([731, 5366, 6482, 5873, 5515, 6522], 22938),
        ["BLOOM-7B"] = ([445, 653, 680, 918, 551, 2823], 4915),
        ["Mistral-7B"] = ([76, 1190, 919, 838, 1554, 1445], 4588),
        ["OPT-6.7B"] = ([347, 833, 1571, 1517, 752, 1129], 5243),
        ["Phi-2-2.7B"] = ([52, 196, 1032, 1119, 511, 764], 3277),
    };

    /// <summary>Every published mask.</summary>
    public static IReadOnlyList<string> Files => Reference.Find("rucaibox", "*.neuron.pth");

    /// <summary>Runs a case.</summary>
    public static Verdict Run(string file) => Verdict.Of("rucaibox", Name(file), "mask", () => Differences(file));

    /// <summary>A line a difference.</summary>
    public static IEnumerable<string> Differences(string file)
    {
        var mask = MaskFile.Read(file);
        var sizes = mask.Languages.Select(mask.Count).ToArray();
        var (expected, distinct) = _published[Name(file)];
        if (!sizes.SequenceEqual(expected) || mask.DistinctCount != distinct)
            yield return $"sizes are {string.Join(' ', sizes)}, {mask.DistinctCount} distinct";

        var folder = Directory.CreateTempSubdirectory("lapeops-mask-").FullName;
        try
        {
            foreach (var difference in DifferencesFromTorch(file, Written(mask, folder, $"{TorchRoot(file)}.pth"), Written(mask, folder, $"{TorchRoot(file)}.pth")))
                yield return difference;
            foreach (var other in new[] { "mask.json", "mask.csv", "mask.safetensors" })
            {
                Written(mask, folder, other);
                var again = MaskFile.Read(Path.Combine(folder, other));
                if (!Written(again, folder, "again.pth").SequenceEqual(Written(mask, folder, "again.pth")) || !again.Languages.SequenceEqual(mask.Languages))
                    yield return $"{other} read again is another mask";
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Torch's file and ours have the same bytes up to the serialization id, which comes last: pickle, records, padding and all. Of the id
    /// the second half is the same; the first is a hash that depends on torch's C++ library. Lengths are the same, too.
    /// </summary>
    private static IEnumerable<string> DifferencesFromTorch(string file, byte[] written, byte[] writtenAgain)
    {
        const int idLength = 40;
        var original = File.ReadAllBytes(file);
        var id = original.AsSpan().IndexOf("/.data/serialization_idFB"u8) + "/.data/serialization_idFB".Length;
        id += 2 + BitConverter.ToUInt16(original, id);
        if (!written.SequenceEqual(writtenAgain))
            yield return "written twice, the bytes differ";
        if (written.Length != original.Length || !written.AsSpan(0, id).SequenceEqual(original.AsSpan(0, id)))
            yield return $"{written.Length} bytes were written, of {original.Length} the first {written.AsSpan().CommonPrefixLength(original)} are as torch wrote them";
        else if (!written.AsSpan(id + idLength / 2, idLength / 2).SequenceEqual(original.AsSpan(id + idLength / 2, idLength / 2)))
            yield return "the checksums in the serialization id differ";
    }

    private static byte[] Written(NeuronMask mask, string folder, string name)
    {
        var path = Path.Combine(folder, name);
        MaskFile.Write(mask, path);
        return File.ReadAllBytes(path);
    }

    private static string TorchRoot(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        return zip.Entries[0].FullName.Split('/')[0];
    }

    private static string Name(string file) => Path.GetFileName(file)[..^".neuron.pth".Length];
}
