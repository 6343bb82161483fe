using System.Globalization;

namespace LapeOps.Engine.Tests.Support;

/// <summary>
/// LLaMA as plain loops in double precision, written from its definition and sharing no code with the engine: what the engine is held
/// against where no other implementation is at hand.
/// </summary>
internal sealed class PlainLlama(TinyModel model, IReadOnlyDictionary<string, Weight> weights)
{
    /// <summary>[layer][token][neuron], before an edit.</summary>
    public double[][][] Activations { get; private set; } = [];

    /// <summary>[layer][token][neuron], what enters the down projection.</summary>
    public double[][][] Products { get; private set; } = [];

    /// <summary>[layer][token][hidden], the input of each block.</summary>
    public double[][][] Residuals { get; private set; } = [];

    /// <summary>
    /// Logits [token][vocabulary] of a row; <paramref name="edit"/> maps (layer, neuron, activation) to what takes its place, and
    /// <paramref name="residual"/> (layer, component, value) of the residual stream at a block's input.
    /// </summary>
    public double[][] Forward(int[] ids, Func<int, int, double, double>? edit = null, Func<int, int, double, double>? residual = null)
    {
        var embedding = weights["model.embed_tokens.weight"];
        var stream = ids.Select(id => Row(embedding, id)).ToArray();
        Activations = new double[model.Layers][][];
        Products = new double[model.Layers][][];
        Residuals = new double[model.Layers][][];
        for (var layer = 0; layer < model.Layers; layer++)
        {
            var block = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
            var current = layer;
            if (residual is not null)
                stream = [.. stream.Select(x => x.Select((v, i) => residual(current, i, v)).ToArray())];
            Residuals[layer] = stream;
            var attended = stream.Zip(Attention(block, [.. stream.Select(x => Norm(block + "input_layernorm", x))]), Sum).ToArray();
            var normed = attended.Select(x => Norm(block + "post_attention_layernorm", x)).ToArray();
            Activations[layer] = [.. normed.Select(x => Array.ConvertAll(Linear(block + "mlp.gate_proj", x), Activate))];
            Products[layer] = [.. normed.Zip(Activations[layer], (x, activation) =>
                Linear(block + "mlp.up_proj", x).Select((up, neuron) => up * (edit?.Invoke(current, neuron, activation[neuron]) ?? activation[neuron])).ToArray())];
            stream = [.. attended.Zip(Products[layer], (x, product) => Sum(x, Linear(block + "mlp.down_proj", product)))];
        }
        return [.. stream.Select(x => Linear(model.Tied ? "model.embed_tokens" : "lm_head", Norm("model.norm", x)))];
    }

    private double[][] Attention(string block, double[][] inputs)
    {
        var queries = inputs.Select((x, at) => Turn(Linear(block + "self_attn.q_proj", x), at)).ToArray();
        var keys = inputs.Select((x, at) => Turn(Linear(block + "self_attn.k_proj", x), at)).ToArray();
        var values = inputs.Select(x => Linear(block + "self_attn.v_proj", x)).ToArray();
        return [.. inputs.Select((_, at) =>
        {
            var mixed = new double[model.Heads * model.HeadWidth];
            for (var head = 0; head < model.Heads; head++)
            {
                int own = head * model.HeadWidth, shared = head / (model.Heads / model.KeyValueHeads) * model.HeadWidth;
                var scores = Enumerable.Range(0, at + 1).Select(past =>
                    Enumerable.Range(0, model.HeadWidth).Sum(i => queries[at][own + i] * keys[past][shared + i]) / Math.Sqrt(model.HeadWidth)).ToArray();
                var shares = Softmax(scores);
                for (var past = 0; past <= at; past++)
                    for (var i = 0; i < model.HeadWidth; i++)
                        mixed[own + i] += shares[past] * values[past][shared + i];
            }
            return Linear(block + "self_attn.o_proj", mixed);
        })];
    }

    // Element i of a head turns with element i + half.
    private double[] Turn(double[] heads, int position)
    {
        var turned = new double[heads.Length];
        var half = model.HeadWidth / 2;
        for (var first = 0; first < heads.Length; first += model.HeadWidth)
            for (var i = 0; i < half; i++)
            {
                var (sin, cos) = Math.SinCos(position * Math.Pow(TinyModel.RopeTheta, -2.0 * i / model.HeadWidth));
                var (x, y) = (heads[first + i], heads[first + half + i]);
                turned[first + i] = (x * cos) - (y * sin);
                turned[first + half + i] = (y * cos) + (x * sin);
            }
        return turned;
    }

    private double[] Norm(string name, double[] x)
    {
        var scale = 1 / Math.Sqrt(x.Average(v => v * v) + TinyModel.Epsilon);
        return [.. x.Zip(weights[name + ".weight"].Values, (v, weight) => v * scale * weight)];
    }

    private double[] Linear(string name, double[] x)
    {
        var weight = weights[name + ".weight"];
        var y = new double[weight.Shape[0]];
        for (var row = 0; row < y.Length; row++)
            for (var i = 0; i < x.Length; i++)
                y[row] += weight.Values[(row * x.Length) + i] * x[i];
        return y;
    }

    private double Activate(double x) => model.Activation == "relu" ? Math.Max(x, 0) : x / (1 + Math.Exp(-x));

    public static double[] Softmax(double[] scores)
    {
        var largest = scores.Max();
        var powers = Array.ConvertAll(scores, s => Math.Exp(s - largest));
        var sum = powers.Sum();
        return Array.ConvertAll(powers, p => p / sum);
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Row(Weight weight, int row) =>
        [.. weight.Values.AsSpan(row * (int)weight.Shape[1], (int)weight.Shape[1]).ToArray().Select(v => (double)v)];
}
