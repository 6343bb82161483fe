using LapeOps.Architectures;
using LapeOps.Formats;
using LapeOps.Profiling;
using static TorchSharp.torch;

namespace LapeOps.Benchmarks;

/// <summary>Models of LLaMA's shape with random float32 weights.</summary>
internal static class LlamaShaped
{
    public static TransformerShape Shape(int vocabulary, int layers, int hidden, int width, int heads) => new()
    {
        Vocabulary = vocabulary,
        Layers = layers,
        Hidden = hidden,
        Width = width,
        Heads = heads,
        KeyValueHeads = heads,
        HeadWidth = hidden / heads,
        Activation = ActivationFunction.Silu,
        NormEpsilon = 1e-5,
        Rope = new Rope(10000),
        TiedHead = true,
        ContextLimit = 4096,
    };

    /// <summary>Weights that every layer reads in a decoding step, the head's included.</summary>
    public static long WeightsPerToken(TransformerShape shape) =>
        (shape.Layers * ((2L * shape.Hidden * shape.HeadWidth * (shape.Heads + shape.KeyValueHeads)) + (3L * shape.Hidden * shape.Width))) + ((long)shape.Vocabulary * shape.Hidden);

    /// <summary>Writes a model folder without a tokenizer.</summary>
    public static void Write(string folder, TransformerShape shape)
    {
        using var scope = NewDisposeScope();
        var names = Family.All.Single(f => f.ModelType == "llama").Names;
        using var weights = new RandomWeights(shape, names, ScalarType.Float32, CPU);
        var tensors = new List<SafetensorsTensor> { Stored(names.Embedding, weights.Embedding), Stored(names.FinalNorm, weights.FinalNorm) };
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var block = weights.Block(layer);
            foreach (var (name, tensor) in new[]
            {
                (names.AttentionNorm, block.AttentionNorm), (names.Query, block.Query), (names.Key, block.Key), (names.Value, block.Value), (names.Output, block.Output),
                (names.FeedForwardNorm, block.FeedForwardNorm), (names.Gate, block.Gate), (names.Up, block.Up), (names.Down, block.Down),
            })
                tensors.Add(Stored(Checkpoints.Checkpoint.At(name, layer), tensor));
        }
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type": "llama", "vocab_size": {{shape.Vocabulary}}, "num_hidden_layers": {{shape.Layers}}, "hidden_size": {{shape.Hidden}},
            "intermediate_size": {{shape.Width}}, "num_attention_heads": {{shape.Heads}}, "num_key_value_heads": {{shape.KeyValueHeads}}, "head_dim": {{shape.HeadWidth}},
            "max_position_embeddings": {{shape.ContextLimit}}, "tie_word_embeddings": true, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu"}
            """);

        static SafetensorsTensor Stored(string name, Tensor tensor) => SafetensorsTensor.Of(name, tensor.data<float>().ToArray(), tensor.shape);
    }
}
