using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LapeOps.Formats;

namespace LapeOps.Engine.Tests.Support;

/// <summary>Writes model folders of given weights: in a type, in shards.</summary>
internal static class CheckpointWriter
{
    public static void Write(string folder, JsonObject config, IReadOnlyDictionary<string, Weight> weights, SafetensorsDType type = SafetensorsDType.F32, int shards = 1)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        var tensors = weights.Select(w => new SafetensorsTensor(w.Key, type, w.Value.Shape, Encode(w.Value.Values, type))).ToArray();
        if (shards == 1)
        {
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, new Dictionary<string, string>());
            return;
        }
        var map = new JsonObject();
        for (var shard = 0; shard < shards; shard++)
        {
            var name = $"model-{shard + 1:d5}-of-{shards:d5}.safetensors";
            var part = tensors.Where((_, i) => i % shards == shard).ToArray();
            SafetensorsWriter.Write(Path.Combine(folder, name), part, new Dictionary<string, string>());
            foreach (var tensor in part)
                map[tensor.Name] = name;
        }
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString());
    }

    /// <summary>The values as they are after storing.</summary>
    public static SortedDictionary<string, Weight> Stored(IReadOnlyDictionary<string, Weight> weights, SafetensorsDType type) =>
        new(weights.ToDictionary(w => w.Key, w => w.Value with { Values = Array.ConvertAll(w.Value.Values, v => Rounded(v, type)) }), StringComparer.Ordinal);

    private static float Rounded(float value, SafetensorsDType type) => type switch
    {
        SafetensorsDType.F16 => (float)(Half)value,
        SafetensorsDType.BF16 => BitConverter.UInt32BitsToSingle((uint)BFloat16Bits(value) << 16),
        _ => value,
    };

    private static byte[] Encode(float[] values, SafetensorsDType type) => type switch
    {
        SafetensorsDType.F16 => MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (Half)v).AsSpan()).ToArray(),
        SafetensorsDType.BF16 => MemoryMarshal.AsBytes(Array.ConvertAll(values, BFloat16Bits).AsSpan()).ToArray(),
        _ => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
    };

    // To nearest, ties to even.
    private static ushort BFloat16Bits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
