using System.Globalization;
using System.Text.Json.Nodes;

namespace LapeOps.Engine.Tests.Support;

/// <summary>A tensor in the making.</summary>
internal sealed record Weight(long[] Shape, float[] Values);

/// <summary>A model of random weights, of any family; a LLaMA is computed by hand in double precision (<see cref="PlainLlama"/>).</summary>
internal sealed record TinyModel
{
    public string Family { get; init; } = "llama";
    public int Window { get; init; } = 5;
    public int Vocabulary { get; init; } = 260;
    public int Layers { get; init; } = 3;
    public int Hidden { get; init; } = 32;
    public int Width { get; init; } = 48;
    public int Heads { get; init; } = 4;
    public int KeyValueHeads { get; init; } = 2;
    public int HeadWidth { get; init; } = 8;
    public int Context { get; init; } = 64;
    public string Activation { get; init; } = "silu";
    public bool Tied { get; init; }
    public int Seed { get; init; } = 1;

    public const double Epsilon = 1e-3, RopeTheta = 10000;

    /// <summary>How many times the usual size of random weights: large enough that every part shows in the logits.</summary>
    private const double Gain = 1.5;

    private bool Gemma => Family == "gemma3_text";

    public JsonObject Config()
    {
        var config = Common();
        if (Family != "llama")
            config["sliding_window"] = Window;
        if (Gemma)
        {
            config.Remove("hidden_act");
            config["sliding_window_pattern"] = 2;
            config["query_pre_attn_scalar"] = 2 * HeadWidth;
        }
        return config;
    }

    private JsonObject Common() => new()
    {
        ["model_type"] = Family,
        ["vocab_size"] = Vocabulary,
        ["num_hidden_layers"] = Layers,
        ["hidden_size"] = Hidden,
        ["intermediate_size"] = Width,
        ["num_attention_heads"] = Heads,
        ["num_key_value_heads"] = KeyValueHeads,
        ["head_dim"] = HeadWidth,
        ["max_position_embeddings"] = Context,
        ["hidden_act"] = Activation,
        ["rms_norm_eps"] = Epsilon,
        ["rope_theta"] = RopeTheta,
        ["tie_word_embeddings"] = Tied,
    };

    public SortedDictionary<string, Weight> Weights()
    {
        var random = new Random(Seed);
        var weights = new SortedDictionary<string, Weight>(StringComparer.Ordinal);
        Linear("model.embed_tokens", Vocabulary, Hidden);
        for (var layer = 0; layer < Layers; layer++)
        {
            var block = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}");
            Norm($"{block}.input_layernorm");
            Linear($"{block}.self_attn.q_proj", Heads * HeadWidth, Hidden);
            Linear($"{block}.self_attn.k_proj", KeyValueHeads * HeadWidth, Hidden);
            Linear($"{block}.self_attn.v_proj", KeyValueHeads * HeadWidth, Hidden);
            Linear($"{block}.self_attn.o_proj", Hidden, Heads * HeadWidth);
            Norm($"{block}.post_attention_layernorm");
            if (Gemma)
            {
                Norm($"{block}.pre_feedforward_layernorm");
                Norm($"{block}.post_feedforward_layernorm");
                Norm($"{block}.self_attn.q_norm", HeadWidth);
                Norm($"{block}.self_attn.k_norm", HeadWidth);
            }
            Linear($"{block}.mlp.gate_proj", Width, Hidden);
            Linear($"{block}.mlp.up_proj", Width, Hidden);
            Linear($"{block}.mlp.down_proj", Hidden, Width);
        }
        Norm("model.norm");
        if (!Tied)
            Linear("lm_head", Vocabulary, Hidden);
        return weights;

        void Linear(string name, int outputs, int inputs) =>
            weights[name + ".weight"] = new([outputs, inputs], Values(outputs * inputs, 0, Gain / Math.Sqrt(inputs)));

        void Norm(string name, int? size = null) => weights[name + ".weight"] = new([size ?? Hidden], Values(size ?? Hidden, Gemma ? 0 : 1, 0.3));

        float[] Values(int count, double mean, double deviation) =>
            [.. Enumerable.Range(0, count).Select(_ => (float)(mean + (deviation * Gaussian())))];

        double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>Writes the checkpoint, and where asked the tokenizer whose tokens are bytes.</summary>
    public string Write(string folder, bool tokenizer = false)
    {
        CheckpointWriter.Write(folder, Config(), Weights());
        if (tokenizer)
            ByteTokenizer.Write(folder);
        return folder;
    }

    public LanguageModel Open(TempFolder folder, bool tokenizer = false) => LanguageModel.Open(Write(folder[$"tiny-{Seed}"], tokenizer), "cpu");
}
