using LapeOps.Fuzz.Mutations;
using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.Fuzz.Targets;

/// <summary>Torch's zip format with its pickle: masks and counts of other programs.</summary>
internal sealed class PickleTarget : Target
{
    public override string Name => "pickle";

    public override string FileName => "input.pth";

    public override IEnumerable<byte[]> Seeds(string folder)
    {
        yield return Samples.Written(folder, "a.pth", path => MaskFile.Write(Samples.Mask(2, 4, "en", "de"), path));
        yield return Samples.Written(folder, "a.pth", path => MaskFile.Write(Samples.Mask(3, 8, [.. MaskFile.PaperLanguages]), path));
        foreach (var format in Enum.GetValues<CountsFormat>())
        {
            yield return Samples.Written(folder, "a.pth", path => CountsFile.Write(Samples.Statistics(2, 4, false, ("en", 2)), path, format));
            yield return Samples.Written(folder, "a.pth", path => CountsFile.Write(Samples.Statistics(1, 3, false, ("en", 1), ("de", 9), ("fr", 3)), path, format));
        }
        foreach (var path in References("*.neuron.pth"))
            yield return File.ReadAllBytes(path);
    }

    public override byte[] Mutate(byte[] input, byte[] other, Random random) =>
        random.Next(4) == 0 ? ByteMutator.Mutate(input, other, random) : ZipMutator.Mutate(input, other, random);

    protected override IEnumerable<Action> Reads(string path) =>
    [
        () => _ = MaskFile.Read(path).DistinctCount,
        () => MaskFile.Read(path, ["en", "de"]).ForModel(2, 4),
        () => CountsFile.Read([path]),
    ];
}
