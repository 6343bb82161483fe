using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>A model of one layer with 16 million neurons, in a sparse file: it can be looked at, and no machine can load it.</summary>
internal static class HugeModel
{
    private const int Layers = 1, Hidden = 6144, Width = 1 << 24, Heads = 6, KeyValueHeads = 2, HeadWidth = 32, Vocabulary = 6144;

    public static string Make(string folder)
    {
        ModelCopy.Of(RepositoryFiles.Demo, folder);
        var config = Path.Combine(folder, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(config))!;
        json["num_hidden_layers"] = Layers;
        json["hidden_size"] = Hidden;
        json["intermediate_size"] = Width;
        File.WriteAllText(config, json.ToJsonString());
        var header = new JsonObject();
        long end = 0;
        foreach (var (name, shape) in Tensors())
        {
            var bytes = shape.Aggregate(2L, (product, size) => product * size);
            header[name] = new JsonObject { ["dtype"] = "BF16", ["shape"] = JsonSerializer.SerializeToNode(shape), ["data_offsets"] = new JsonArray(end, end + bytes) };
            end += bytes;
        }
        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        using var file = File.Create(Path.Combine(folder, "model.safetensors"));
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        file.Write(length);
        file.Write(text);
        file.SetLength(8 + text.Length + end);
        return folder;
    }

    private static IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden]);
        for (var layer = 0; layer < Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [Hidden]);
            yield return (prefix + "self_attn.q_proj.weight", [Heads * HeadWidth, Hidden]);
            yield return (prefix + "self_attn.k_proj.weight", [KeyValueHeads * HeadWidth, Hidden]);
            yield return (prefix + "self_attn.v_proj.weight", [KeyValueHeads * HeadWidth, Hidden]);
            yield return (prefix + "self_attn.o_proj.weight", [Hidden, Heads * HeadWidth]);
            yield return (prefix + "post_attention_layernorm.weight", [Hidden]);
            yield return (prefix + "mlp.gate_proj.weight", [Width, Hidden]);
            yield return (prefix + "mlp.up_proj.weight", [Width, Hidden]);
            yield return (prefix + "mlp.down_proj.weight", [Hidden, Width]);
        }
        yield return ("model.norm.weight", [Hidden]);
    }
}
