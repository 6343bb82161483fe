using System.Text.Json.Nodes;
using LapeOps.Architectures;
using LapeOps.Checkpoints;
using LapeOps.Engine.Tests.Support;

namespace LapeOps.Engine.Tests.Checkpoints;

public sealed class ConfigTests
{
    private static readonly TinyModel Model = new();

    [Fact]
    public void A_key_in_no_table_is_a_warning_that_names_it()
    {
        using var folder = new TempFolder();
        using var checkpoint = Open(folder, config => config["favourite_colour"] = "green");
        var warning = Assert.Single(checkpoint.Warnings);
        Assert.Contains("'favourite_colour'", warning, StringComparison.Ordinal);
        Assert.Contains(folder["config.json"], warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("embedding_scale")]
    [InlineData("rope_interleaved")]
    [InlineData("use_qk_norm")]
    [InlineData("lm_head_bias")]
    [InlineData("attn_softcap")]
    [InlineData("attention_window_size")]
    [InlineData("n_routed_experts")]
    [InlineData("Activation_Sparsity")]
    public void A_key_in_no_table_whose_name_speaks_of_arithmetic_is_refused(string key)
    {
        using var folder = new TempFolder();
        var refused = Assert.Throws<LapeException>(() => Open(folder, config => config[key] = 1));
        Assert.Equal("ConfigUnsupported", refused.ErrorId);
        Assert.Contains($"'{key}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("attention_bias", "false")]
    [InlineData("sliding_window", "null")]
    [InlineData("quantization_config", "null")]
    [InlineData("torch_dtype", "\"bfloat16\"")]
    [InlineData("transformers_version", "\"4.40.0\"")]
    public void Keys_at_their_neutral_value_and_harmless_ones_pass_without_a_word(string key, string value)
    {
        using var folder = new TempFolder();
        using var checkpoint = Open(folder, config => config[key] = JsonNode.Parse(value));
        Assert.Empty(checkpoint.Warnings);
    }

    [Fact]
    public void A_missing_key_takes_the_default_of_the_family()
    {
        using var folder = new TempFolder();
        var path = folder.WriteText("config.json", """{ "model_type": "llama" }""");
        var config = ConfigReader.Open(path);
        var shape = Family.Of(config).Shape(config);
        Assert.Equal(
            (32000, 32, 4096, 11008, 32, 32, 128, 2048),
            (shape.Vocabulary, shape.Layers, shape.Hidden, shape.Width, shape.Heads, shape.KeyValueHeads, shape.HeadWidth, shape.ContextLimit));
        Assert.Equal((1e-6, 10000.0, false, ActivationFunction.Silu), (shape.NormEpsilon, shape.Rope.Theta, shape.TiedHead, shape.Activation));
        Assert.Null(shape.Rope.Scaling);
    }

    [Theory]
    [InlineData("""{ "model_type": "mistral" }""", 4096, 8)]
    [InlineData("""{ "model_type": "mistral", "sliding_window": null, "num_key_value_heads": null }""", null, 32)]
    [InlineData("""{ "model_type": "mistral", "sliding_window": 24, "num_key_value_heads": 4 }""", 24, 4)]
    public void Null_is_not_absent_where_the_family_tells_them_apart(string json, int? window, int keyValueHeads)
    {
        var shape = Shape(json);
        Assert.Equal((window, keyValueHeads, 14336, 131072), (shape.WindowOf(31), shape.KeyValueHeads, shape.Width, shape.ContextLimit));
    }

    [Fact]
    public void Gemma_without_keys_takes_the_defaults_of_its_class()
    {
        var shape = Shape("""{ "model_type": "gemma3_text" }""");
        Assert.Equal((262208, 26, 2304, 9216, 8, 4, 256), (shape.Vocabulary, shape.Layers, shape.Hidden, shape.Width, shape.Heads, shape.KeyValueHeads, shape.HeadWidth));
        Assert.Equal((new Rope(1e6), new Rope(1e4), true, ActivationFunction.GeluTanh), (shape.Rope, shape.SlidingRope, shape.TiedHead, shape.Activation));
        Assert.Equal([5, 11, 17, 23], Enumerable.Range(0, shape.Layers).Where(layer => shape.WindowOf(layer) is null));
        Assert.Equal(1.0 / 16, shape.AttentionScale);
    }

    [Theory]
    [InlineData("""["full_attention", "full_attention"]""", "ConfigInvalid")]
    [InlineData("""["full_attention", "sliding_attention", "chunked_attention"]""", "ConfigUnsupported")]
    [InlineData("7", "ConfigInvalid")]
    public void Layer_types_that_are_not_understood_are_refused(string types, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<LapeException>(() => Shape($$"""{ "model_type": "gemma3_text", "num_hidden_layers": 3, "layer_types": {{types}} }""")).ErrorId);

    private static TransformerShape Shape(string json)
    {
        using var folder = new TempFolder();
        var config = ConfigReader.Open(folder.WriteText("config.json", json));
        return Family.Of(config).Shape(config);
    }

    [Fact]
    public void Both_styles_of_rope_give_one_shape_and_both_at_once_are_a_contradiction()
    {
        const string scaling = """{ "factor": 8.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 64, "rope_type": "llama3" }""";
        using var folder = new TempFolder();
        var older = Shape("older", config => (config["rope_theta"], config["rope_scaling"]) = (500000.0, JsonNode.Parse(scaling)));
        var current = Shape("current", config =>
        {
            config.Remove("rope_theta");
            config["rope_parameters"] = JsonNode.Parse(scaling);
            config["rope_parameters"]!["rope_theta"] = 500000.0;
        });
        Assert.Equal(older, current);
        Assert.Equal(new RopeScaling.Llama3(8, 1, 4, 64), current.Rope.Scaling);
        var both = Assert.Throws<LapeException>(() => Shape("both", config => (config["rope_parameters"], config["rope_scaling"]) = (JsonNode.Parse(scaling), JsonNode.Parse(scaling))));
        Assert.Equal("ConfigInvalid", both.ErrorId);

        TransformerShape Shape(string name, Action<JsonObject> change)
        {
            var json = Model.Config();
            change(json);
            var config = ConfigReader.Open(folder.WriteText($"{name}/config.json", json.ToJsonString()));
            return Family.Of(config).Shape(config);
        }
    }

    [Fact]
    public void Another_family_is_refused_with_the_supported_ones()
    {
        using var folder = new TempFolder();
        var refused = Assert.Throws<LapeException>(() => Open(folder, config => config["model_type"] = "perceptron"));
        Assert.Equal("FamilyUnsupported", refused.ErrorId);
        Assert.Contains("'perceptron'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("llama", refused.Message, StringComparison.Ordinal);
    }

    private static Checkpoint Open(TempFolder folder, Action<JsonObject> change)
    {
        var config = Model.Config();
        change(config);
        CheckpointWriter.Write(folder.Path, config, Model.Weights());
        return Checkpoint.Open(folder.Path);
    }
}
