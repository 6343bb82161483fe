using System.Runtime.InteropServices;
using LapeOps.Formats;
using LapeOps.Fuzz.Mutations;
using LapeOps.Masks;

namespace LapeOps.Fuzz.Targets;

/// <summary>Weights and masks as safetensors.</summary>
internal sealed class SafetensorsTarget : Target
{
    public override string Name => "safetensors";

    public override string FileName => "input.safetensors";

    public override IEnumerable<byte[]> Seeds(string folder)
    {
        yield return Samples.Written(folder, "a.safetensors", path => SafetensorsWriter.Write(path,
        [
            SafetensorsTensor.Of("floats", new float[6], 2, 3), SafetensorsTensor.Of("counts", new long[2], 2), SafetensorsTensor.Of("none", Array.Empty<double>(), 0, 4),
            SafetensorsTensor.Of("scalar", [(byte)7]), SafetensorsTensor.Of("flags", [true, false], 2), SafetensorsTensor.Of("halves", new Half[4], 1, 2, 2),
            SafetensorsTensor.Of("others", new uint[3], 3), new("brains", SafetensorsDType.BF16, [2, 2], new byte[8]),
        ], new Dictionary<string, string> { ["format"] = "pt", ["a"] = "ä\n\"" }));
        yield return Samples.Written(folder, "a.safetensors", path => SafetensorsWriter.Write(path, [], new Dictionary<string, string>()));
        yield return Samples.Written(folder, "a.safetensors", path => MaskFile.Write(Samples.Mask(3, 8, "en", "de"), path));
        foreach (var path in References("*.safetensors"))
            yield return File.ReadAllBytes(path);
    }

    public override byte[] Mutate(byte[] input, byte[] other, Random random) => SafetensorsMutator.Mutate(input, other, random);

    protected override IEnumerable<Action> Reads(string path) => [() => ReadAll(path), () => MaskFile.Read(path)];

    private static void ReadAll(string path)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (var entry in file.Entries)
        {
            _ = file.Entry(entry.Name).ShapeText;
            _ = entry.DType switch
            {
                SafetensorsDType.F32 => Sum<float>(file, entry),
                SafetensorsDType.F64 => Sum<double>(file, entry),
                SafetensorsDType.I64 => Sum<long>(file, entry),
                SafetensorsDType.U32 => Sum<uint>(file, entry),
                SafetensorsDType.BOOL => Sum<bool>(file, entry),
                SafetensorsDType.F16 => Sum<Half>(file, entry),
                _ => Sum<byte>(file, entry),
            };
        }
    }

    // Touches each byte, as a use of the values would.
    private static int Sum<T>(SafetensorsFile file, SafetensorsEntry entry) where T : unmanaged
    {
        var sum = 0;
        foreach (var value in MemoryMarshal.AsBytes(file.Read<T>(entry.Name).Span))
            sum += value;
        return sum;
    }
}
