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
        var hidden = Norm(Blocks(ids, attending, tap, toLastTap: false, stop)!, weights.FinalNorm);
        attending.Cache?.Advance((int)ids.shape[1]);
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>Computes up to the last block's product and nothing after it: for taps that only look.</summary>
    public void Observe(Tensor ids, Attending attending, FeedForwardTap tap, CancellationToken stop = default)
    {
        using var scope = NewDisposeScope();
        Blocks(ids, attending, tap, toLastTap: true, stop);
    }

    /// <summary>Next-token logits for sampling, [.., vocabulary] float32, the product taken in the model's type.</summary>
    public Tensor Logits(Tensor hidden) => Linear(hidden, weights.Head);

    /// <summary>
    /// Negative log-likelihood in nats of <paramref name="targets"/>, [rows, tokens] float32. Logits are float32 whatever the model's type,
    /// and exist for <paramref name="chunk"/> tokens at a time.
    /// </summary>
    /// <param name="hidden">[rows, tokens, hidden], of the tokens before the targets.</param>
    /// <param name="targets">[rows, tokens] Int64.</param>
    /// <param name="chunk">Tokens of a row whose logits exist at once.</param>
    /// <param name="stop">Looked at between chunks.</param>
    public Tensor NegativeLogLikelihood(Tensor hidden, Tensor targets, int chunk = 128, CancellationToken stop = default)
    {
        using var scope = NewDisposeScope();
        var head = weights.Head.to(ScalarType.Float32);
        var parts = new List<Tensor>();
        for (long row = 0; row < hidden.shape[0]; row++)
        {
            var chunks = new List<Tensor>();
            for (long start = 0; start < hidden.shape[1]; start += chunk)
            {
                stop.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                var count = Math.Min(chunk, hidden.shape[1] - start);
                var logits = nn.functional.linear(hidden[row].narrow(0, start, count), head); // [count, vocabulary]
                var target = targets[row].narrow(0, start, count).unsqueeze(1);
                chunks.Add((logits.logsumexp(1) - logits.gather(1, target).squeeze(1)).MoveToOuterDisposeScope());
            }
            parts.Add(cat(chunks));
        }
        return stack(parts).MoveToOuterDisposeScope();
    }

    /// <summary>Frees its tables; the weights belong to their source.</summary>
    public void Dispose()
    {
        _frequencies.Dispose();
        _slidingFrequencies?.Dispose();
    }

    private Tensor? Blocks(Tensor ids, Attending attending, FeedForwardTap tap, bool toLastTap, CancellationToken stop)
    {
        var turns = Rotary.Tables(_frequencies, attending.Positions);
        var slidingTurns = _slidingFrequencies is null ? turns : Rotary.Tables(_slidingFrequencies, attending.Positions);
        var stream = weights.Embedding.index(TensorIndex.Tensor(ids)).to(ScalarType.Float32); // [rows, tokens, hidden]
        if (shape.EmbeddingScale != 1)
            stream.mul_(shape.EmbeddingScale);
        for (var layer = 0; layer < shape.Layers; layer++)
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
        int group = shape.Heads / shape.KeyValueHeads, head = shape.HeadWidth;
        // Turned where the products left them, [rows, tokens, heads, head], and only then seen as attention wants them.
        var query = Rotary.Turn(Normed(Heads(Linear(x, block.Query), shape.Heads), block.QueryNorm), cos, sin);
        if (_queryScale != 1)
            query.mul_(_queryScale);
        query = query.to(type).transpose(1, 2); // [rows, heads, tokens, head]
        var key = Rotary.Turn(Normed(Heads(Linear(x, block.Key), shape.KeyValueHeads), block.KeyNorm), cos, sin).to(type).transpose(1, 2); // [rows, keyHeads, tokens, head]
        var value = Heads(Linear(x, block.Value), shape.KeyValueHeads).to(type).transpose(1, 2); // [rows, keyHeads, tokens, head]
        if (cache is not null)
            (key, value) = cache.Append(layer, key, value);
        if (tokens == 1)
        {
            // A single query has no order to keep, so the heads of a group can stand where tokens do and share their keys uncopied.
            query = query.view(rows, shape.KeyValueHeads, group, head);
        }
        else if (group > 1)
        {
            key = Repeated(key, group);
            value = Repeated(value, group);
        }
        var mixed = Attend(query, key, value, mask with { Added = mask.Added?.to(type) });
        mixed = mixed.view(rows, shape.Heads, tokens, head).transpose(1, 2).reshape(rows, tokens, shape.Heads * head);
        return Linear(mixed, block.Output).MoveToOuterDisposeScope();

        Tensor Heads(Tensor projected, int heads) => projected.view(rows, tokens, heads, head);
    }

    private Tensor FeedForward(int layer, BlockWeights block, Tensor x, FeedForwardTap tap)
    {
        using var scope = NewDisposeScope();
        var activation = shape.Activation.Apply(Linear(x, block.Gate)); // [rows, tokens, width]
        tap.Activation(layer, activation);
        var product = activation.mul_(Linear(x, block.Up));
        tap.DownInput(layer, product);
        return product.MoveToOuterDisposeScope();
    }

    private Tensor Linear(Tensor x, Tensor weight) =>
        device.type == TorchSharp.DeviceType.CPU && HostLinear.Serves(type)
            ? HostLinear.Linear(x, weight, type)
            : nn.functional.linear(x.to(type), weight).to(ScalarType.Float32);

    private Tensor Norm(Tensor x, Tensor weight) => x.IsHostFloat() && weight.IsHostFloat()
        ? HostNorm.Norm(x, weight, shape.NormEpsilon)
        : (x * x.square().mean([-1], keepdim: true).add_(shape.NormEpsilon).rsqrt_()).mul_(weight);

    private Tensor Normed(Tensor x, Tensor? weight) => weight is null ? x : Norm(x, weight);

    private static Tensor Attend(Tensor query, Tensor key, Tensor value, AttentionMask mask)
    {
        if (mask.Window is not { } window)
            return Attend(query, key, value, mask.Added, mask.Causal);
        long tokens = query.shape[2], most = mask.Added!.shape[0];
        var parts = new List<Tensor>();
        for (long start = 0; start < tokens; start += most)
        {
            var count = Math.Min(most, tokens - start);
            var unseen = Math.Max(0, start - window + 1); // keys before the first query's window
            var missing = Math.Max(0, window - 1 - start); // keys of that window before the row's start
            var keys = start + count - unseen;
            parts.Add(Attend(query.narrow(2, start, count), key.narrow(2, unseen, keys), value.narrow(2, unseen, keys),
                mask.Added.narrow(0, 0, count).narrow(1, missing, keys), causal: false));
        }
        return cat(parts, 2);
    }

    private static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? added, bool causal)
    {
        if (query.device_type != TorchSharp.DeviceType.META)
            return nn.functional.scaled_dot_product_attention(query, key, value, added, 0, causal);
        // The fused operator has no kernel on meta; these have the same shapes.
        var scores = query.matmul(key.transpose(2, 3)); // [rows, heads, tokens, all tokens]
        return (added is null ? scores : scores + added).softmax(3).matmul(value);
    }

    private static Tensor Frequencies(Rope rope, TransformerShape shape, Device device) =>
        tensor(Rotary.Frequencies(rope, shape.HeadWidth), device: device).DetachFromDisposeScope();

    private static Tensor Repeated(Tensor heads, int times)
    {
        var shape = heads.shape; // [rows, keyHeads, tokens, head]
        return heads.unsqueeze(2).expand(shape[0], shape[1], times, shape[2], shape[3]).reshape(shape[0], shape[1] * times, shape[2], shape[3]);
    }
}
