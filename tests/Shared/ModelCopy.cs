using System.Buffers.Binary;
using System.Text.Json;

namespace LapeOps.Tests.Shared;

/// <summary>Copies of the demo model with a weight changed.</summary>
internal static class ModelCopy
{
    /// <summary>A copy in <paramref name="folder"/>, unchanged.</summary>
    public static string Of(string source, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    /// <summary>Overwrites stored bytes of a tensor, from <paramref name="first"/>.</summary>
    public static string Overwrite(string folder, string tensor, long first, params ReadOnlySpan<byte> bytes)
    {
        using var file = File.Open(Path.Combine(folder, "model.safetensors"), FileMode.Open);
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        var header = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
        file.ReadExactly(header);
        using var json = JsonDocument.Parse(header);
        file.Position = 8 + header.Length + json.RootElement.GetProperty(tensor).GetProperty("data_offsets")[0].GetInt64() + first;
        file.Write(bytes);
        return folder;
    }

    /// <summary>The demo model with one weight of its last norm changed: the same shape and another fingerprint.</summary>
    public static string Other(string folder) =>
        Overwrite(Of(RepositoryFiles.Demo, folder), "model.norm.weight", 0, 0x80, 0x3F); // 1 in bfloat16

    /// <summary>The demo model in which a neuron's gate is zero, so that its activation, SiLU(0), is 0 everywhere.</summary>
    public static string WithSilentNeuron(string folder, int layer, int neuron)
    {
        const int bytesOfRow = 192 * 2; // hidden width, bfloat16
        return Overwrite(Of(RepositoryFiles.Demo, folder), $"model.layers.{layer}.mlp.gate_proj.weight", neuron * bytesOfRow, new byte[bytesOfRow]);
    }
}
