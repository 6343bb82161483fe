using System.Text.Json.Nodes;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>What can be wrong with a model folder: the error, the file that it names, and how a good folder becomes a bad one.</summary>
internal static class HostileCheckpoints
{
    public static SortedDictionary<string, (string ErrorId, string Names, Action<string> Make)> Cases { get; } = new(StringComparer.Ordinal)
    {
        ["no config"] = ("FileNotFound", "config.json", folder => File.Delete(Config(folder))),
        ["a folder as config"] = ("FileNotFound", "config.json", folder =>
        {
            File.Delete(Config(folder));
            Directory.CreateDirectory(Config(folder));
        }
        ),
        ["a config cut in the middle"] = ("ConfigInvalid", "config.json", folder => File.WriteAllText(Config(folder), File.ReadAllText(Config(folder))[..40])),
        ["a config that is a list"] = ("ConfigInvalid", "config.json", folder => File.WriteAllText(Config(folder), "[1]")),
        ["a config of brackets"] = ("ConfigInvalid", "config.json", folder => File.WriteAllText(Config(folder), new string('[', 900_000))),
        ["a config of 300 MB"] = ("ConfigInvalid", "config.json", folder =>
        {
            using var file = File.OpenWrite(Config(folder));
            file.SetLength(300_000_000);
        }
        ),
        ["a key twice"] = ("ConfigInvalid", "config.json", folder => File.WriteAllText(Config(folder), File.ReadAllText(Config(folder))[..^1] + ",\"hidden_size\":32}")),
        ["half of a surrogate pair in a config's key"] = ("ConfigInvalid", "config.json", folder => File.WriteAllText(Config(folder), File.ReadAllText(Config(folder))[..^1] + ",\"\\ud800_hidden_size\":32}")),
        ["2^30 hidden"] = Key("ConfigInvalid", "config.json", "hidden_size", 1 << 30),
        ["2^24 hidden"] = Key("WeightsContradictConfig", "model.safetensors", "hidden_size", 1 << 24),
        ["2^24 layers"] = Key("WeightsContradictConfig", "", "num_hidden_layers", 1 << 24),
        ["2^24 heads"] = Key("WeightsContradictConfig", "model.safetensors", "num_attention_heads", 1 << 24),
        ["a negative width"] = Key("ConfigInvalid", "config.json", "intermediate_size", -48),
        ["a width of nothing"] = Key("ConfigInvalid", "config.json", "intermediate_size", 0),
        ["a width as text"] = Key("ConfigInvalid", "config.json", "intermediate_size", "48"),
        ["half a head"] = Key("ConfigInvalid", "config.json", "num_attention_heads", 4.5),
        ["an infinite epsilon"] = ("ConfigInvalid", "config.json", folder =>
            File.WriteAllText(Config(folder), File.ReadAllText(Config(folder)).Replace("\"rms_norm_eps\":0.001", "\"rms_norm_eps\":1e999", StringComparison.Ordinal))),
        ["three key heads for four"] = Key("ConfigInvalid", "config.json", "num_key_value_heads", 3),
        ["an odd head"] = Key("ConfigInvalid", "config.json", "head_dim", 7),
        ["another width than the weights"] = Key("WeightsContradictConfig", "model.safetensors", "intermediate_size", 64),
        ["more layers than the weights"] = Key("WeightsContradictConfig", "", "num_hidden_layers", 4),
        ["fewer layers than the weights"] = Key("WeightsContradictConfig", "model.safetensors", "num_hidden_layers", 2),
        ["no weights"] = ("WeightsMissing", "", folder => File.Delete(Weights(folder))),
        ["weights cut off"] = ("SafetensorsInvalid", "model.safetensors", folder =>
        {
            using var file = File.OpenWrite(Weights(folder));
            file.SetLength(file.Length - 1);
        }
        ),
        ["an end token file that is broken"] = ("ConfigInvalid", "generation_config.json", folder =>
            File.WriteAllText(Path.Combine(folder, "generation_config.json"), "{")),
        ["an end token file that is a list"] = ("ConfigInvalid", "generation_config.json", folder =>
            File.WriteAllText(Path.Combine(folder, "generation_config.json"), "[]")),
        ["an index to a shard outside"] = Index("CheckpointInvalid", """{ "weight_map": { "a": "../../model.safetensors" } }"""),
        ["an index to an absolute path"] = Index("CheckpointInvalid", """{ "weight_map": { "a": "/etc/hostname" } }"""),
        ["an index that is broken"] = Index("CheckpointInvalid", """{ "weight_map": [ "a" ] }"""),
        ["an index without a map"] = Index("CheckpointInvalid", "{}"),
        ["an index that places nothing"] = Index("WeightsContradictConfig", """{ "weight_map": {} }""", names: ""),
        ["an index of two million tensors"] = Index("CheckpointInvalid",
            $$"""{ "weight_map": { {{string.Join(',', Enumerable.Range(0, 1_200_000).Select(i => $"\"{i:x}\":\"\""))}} } }"""),
    };

    private static string Config(string folder) => Path.Combine(folder, "config.json");

    private static string Weights(string folder) => Path.Combine(folder, "model.safetensors");

    private static (string, string, Action<string>) Key(string errorId, string names, string key, JsonNode value) => (errorId, names, folder =>
    {
        var config = JsonNode.Parse(File.ReadAllText(Config(folder)))!;
        config[key] = value;
        File.WriteAllText(Config(folder), config.ToJsonString());
    }
    );

    private static (string, string, Action<string>) Index(string errorId, string json, string names = "model.safetensors.index.json") => (errorId, names, folder =>
    {
        File.Delete(Weights(folder));
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), json);
    }
    );
}
