using LapeOps.Architectures;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// The one transformer. Linear layers and attention products compute in the model's type; the residual stream, norms, rotary tables,
/// activations and logits are float32 (METHOD.md, "Arithmetic"). It holds no state: calls at once are independent.
/// </summary>
public sealed class Transformer(TransformerShape shape, IWeightSource weights, Device device, ScalarType type) : IDisposable
{
    private readonly Tensor _frequencies = Frequencies(shape.Rope, shape, device); // [head / 2]
    private readonly Tensor? _slidingFrequencies = shape.SlidingRope is { } rope ? Frequencies(rope, shape, device) : null; // [head / 2]

    // Attention multiplies by 1 / sqrt(head) itself.
    private readonly double _queryScale = (shape.AttentionScale ?? (1 / Math.Sqrt(shape.HeadWidth))) * Math.Sqrt(shape.HeadWidth);

    /// <summary>The model's shape.</summary>
    public TransformerShape Shape => shape;

    /// <summary>Where everything is computed.</summary>
    public Device Device => device;

    /// <summary>The type that linear layers compute in.</summary>
    public ScalarType Type => type;

    /// <summary>The residual stream after the last block and norm, [rows, tokens, hidden] float32.</summary>
    /// <param name="ids">[rows, tokens] Int64.</param>
    /// <param name="attending">Where the tokens stand.</param>
    /// <param name="tap">What each block asks.</param>
    /// <param name="stop">Looked at before each block.</param>
    public Tensor Hidden(Tensor ids, Attending attending, FeedForwardTap tap, CancellationToken stop = default)
    {
        using var scope = NewDisposeScope();
        var hidden = Norm(Blocks(Embedded(ids), 0, attending, tap, toLastTap: false, stop)!, weights.FinalNorm);
        attending.Cache?.Advance((int)ids.shape[1]);
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>The same from the input of a block on, for passes over whole rows that are alike until there.</summary>
    /// <param name="layer">The first block that is computed.</param>
    /// <param name="stream">[rows, tokens, hidden], its input as a tap saw it.</param>
    /// <param name="attending">Where the tokens stand.</param>
    /// <param name="tap">What each block asks.</param>
    /// <param name="stop">Looked at before each block.</param>
    public Tensor HiddenFrom(int layer, Tensor stream, Attending attending, FeedForwardTap tap, CancellationToken stop = default)
    {
        using var scope = NewDisposeScope();
        return Norm(Blocks(stream.clone(), layer, attending, tap, toLastTap: false, stop)!, weights.FinalNorm).MoveToOuterDisposeScope();
    }

    /// <summary>Computes up to the last block's product and nothing after it: for taps that only look.</summary>
    public void Observe(Tensor ids, Attending attending, FeedForwardTap tap, CancellationToken stop = default)
    {
        using var scope = NewDisposeScope();
        Blocks(Embedded(ids), 0, attending, tap, toLastTap: true, stop);
    }

    /// <summary>Next-token logits for sampling, [.., vocabulary] float32, the product taken in the model's type.</summary>
    public Tensor Logits(Tensor hidden) => Linear(hidden, weights.Head);

    /// <summary>
    /// Negative log-likelihood in nats of <paramref name="targets"/>, [rows, tokens] float32. Logits are float32 whatever the model's type, and
    /// exist for a part of the vocabulary at a time, small enough for a processor's cache.
    /// </summary>
    /// <param name="hidden">[rows, tokens, hidden], of the tokens before the targets.</param>
    /// <param name="targets">[rows, tokens] Int64.</param>
    /// <param name="stop">Looked at between parts.</param>
    public Tensor NegativeLogLikelihood(Tensor hidden, Tensor targets, CancellationToken stop = default)
    {
        const long logitsAtOnce = 1 << 21;
        using var scope = NewDisposeScope();
        var states = hidden.reshape(-1, shape.Hidden); // [n, hidden]
        var atOnce = Math.Max(256, logitsAtOnce / states.shape[0]);
        var parts = new List<Tensor>();
        for (long start = 0; start < shape.Vocabulary; start += atOnce)
        {
            stop.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var head = weights.Head.narrow(0, start, Math.Min(atOnce, shape.Vocabulary - start));
            parts.Add(LogSumExp(Linears(states, ScalarType.Float32, head)[0]).MoveToOuterDisposeScope()); // [n]
        }
        var target = weights.Head.index(TensorIndex.Tensor(targets.reshape(-1))).to(ScalarType.Float32); // [n, hidden]
        return (stack(parts).logsumexp(0) - target.mul_(states).sum(1)).view(targets.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Frees its tables; the weights belong to their source.</summary>
    public void Dispose()
    {
        _frequencies.Dispose();
        _slidingFrequencies?.Dispose();
    }

    private Tensor Embedded(Tensor ids)
    {
        var stream = weights.Embedding.index(TensorIndex.Tensor(ids)).to(ScalarType.Float32); // [rows, tokens, hidden]
        return shape.EmbeddingScale == 1 ? stream : stream.mul_(shape.EmbeddingScale);
    }

    // The stream is freed once the first block has used it.
    private Tensor? Blocks(Tensor stream, int first, Attending attending, FeedForwardTap tap, bool toLastTap, CancellationToken stop)
    {
        var turns = Rotary.Tables(_frequencies, attending.Positions);
        var slidingTurns = _slidingFrequencies is null ? turns : Rotary.Tables(_slidingFrequencies, attending.Positions);
        for (var layer = first; layer < shape.Layers; layer++)
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var block = weights.Block(layer);
            tap.BlockInput(layer, stream);
            var slides = shape.WindowOf(layer) is not null;
            var (cos, sin) = slides ? slidingTurns : turns;
            var mask = slides ? attending.Sliding : attending.Full;
            var mixed = Attention(layer, block, Norm(stream, block.AttentionNorm), cos, sin, mask, attending.Cache);
            var attended = stream + Normed(mixed, block.AttentionOutputNorm);
            var product = FeedForward(layer, block, Norm(attended, block.FeedForwardNorm), tap);
            if (toLastTap && layer == shape.Layers - 1)
                return null;
            stream.Dispose();
            stream = (attended + Normed(Linear(product, block.Down), block.FeedForwardOutputNorm)).MoveToOuterDisposeScope();
        }
        return stream;
    }

    private Tensor Attention(int layer, BlockWeights block, Tensor x, Tensor cos, Tensor sin, AttentionMask mask, KvCache? cache)
    {
        using var scope = NewDisposeScope();
        long rows = x.shape[0], tokens = x.shape[1];
        // Turned where the products left them, [rows, tokens, heads, head], and only then seen as attention wants them.
        var projected = Linears(x, type, block.Query, block.Key, block.Value);
        var query = Rotary.Turn(Normed(Heads(projected[0], shape.Heads), block.QueryNorm), cos, sin);
        if (_queryScale != 1)
            query.mul_(_queryScale);
        var key = Rotary.Turn(Normed(Heads(projected[1], shape.KeyValueHeads), block.KeyNorm), cos, sin); // [rows, tokens, keyHeads, head]
        var value = Heads(projected[2], shape.KeyValueHeads);
        var whole = type == ScalarType.Float32 && HostAttention.Serves(query, mask) ? HostAttention.Attend(query, key, value, mask.Window) : null;
        query = query.to(type).transpose(1, 2); // [rows, heads, tokens, head]
        key = key.to(type).transpose(1, 2); // [rows, keyHeads, tokens, head]
        value = value.to(type).transpose(1, 2);
        if (cache is not null)
            (key, value) = cache.Append(layer, key, value);
        var mixed = whole ?? (HostLastAttention.Serves(query, key)
            ? HostLastAttention.Attend(query, key, value, mask.Added)
            : TorchAttention.Attend(query, key, value, mask with { Added = mask.Added?.to(type) }));
        return Linear(mixed.reshape(rows, tokens, -1), block.Output).MoveToOuterDisposeScope();

        Tensor Heads(Tensor all, int heads) => all.view(rows, tokens, heads, shape.HeadWidth);
    }

    private Tensor FeedForward(int layer, BlockWeights block, Tensor x, FeedForwardTap tap)
    {
        using var scope = NewDisposeScope();
        var projected = Linears(x, type, block.Gate, block.Up);
        var activation = shape.Activation.Apply(projected[0]); // [rows, tokens, width]
        tap.Activation(layer, activation);
        var product = activation.mul_(projected[1]);
        tap.DownInput(layer, product);
        return product.MoveToOuterDisposeScope();
    }

    private Tensor Linear(Tensor x, Tensor weight) => Linears(x, type, weight)[0];

    // Layers of one input, which is put in order once.
    private Tensor[] Linears(Tensor x, ScalarType type, params Tensor[] weights)
    {
        if (device.type == TorchSharp.DeviceType.CPU && HostLinear.Serves(type))
            return HostLinear.Linear(x, weights, type);
        x = x.to(type);
        return Array.ConvertAll(weights, weight => nn.functional.linear(x, weight.to(type)).to(ScalarType.Float32));
    }

    private Tensor Norm(Tensor x, Tensor weight) => x.IsHostFloat() && weight.IsHostFloat()
        ? HostNorm.Norm(x, weight, shape.NormEpsilon)
        : (x * x.square().mean([-1], keepdim: true).add_(shape.NormEpsilon).rsqrt_()).mul_(weight);

    private static Tensor LogSumExp(Tensor logits) => logits.IsHostFloat() ? HostLogSumExp.LogSumExp(logits) : logits.logsumexp(1);

    private Tensor Normed(Tensor x, Tensor? weight) => weight is null ? x : Norm(x, weight);

    private static Tensor Frequencies(Rope rope, TransformerShape shape, Device device) =>
        tensor(Rotary.Frequencies(rope, shape.HeadWidth), device: device).DetachFromDisposeScope();
}
