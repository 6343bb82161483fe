using LapeOps.Native;
using LapeOps.Scoring;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Generation;

/// <summary>Chooses the next token of each row, on the device. Sampling is one closed type with its seed in the open.</summary>
internal sealed class Sampler : IDisposable
{
    private readonly GenerationOptions _options;
    private readonly Tensor _seen; // [rows, longest prompt + new tokens] Int64
    private readonly SplitMix64[] _draws;
    private readonly Device _device;
    private int _length;

    /// <param name="requests">The rows.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="device">The model's device.</param>
    public Sampler(IReadOnlyList<GenerationRequest> requests, GenerationOptions options, Device device)
    {
        _options = options;
        _device = device;
        _draws = [.. requests.Select(r => new SplitMix64(options.Seed + ((ulong)r.Number * 0x9E3779B97F4A7C15)))];
        _length = requests.Max(r => r.Ids.Count);
        var capacity = _length + options.MaxTokens;
        // What a shorter prompt leaves free repeats its first id: to have seen an id twice is to have seen it.
        var seen = requests.SelectMany(r => Enumerable.Range(0, capacity).Select(i => (long)r.Ids[i < r.Ids.Count ? i : 0]));
        _seen = tensor(seen.ToArray(), [requests.Count, capacity], device: device).DetachFromDisposeScope();
    }

    /// <summary>The next ids, [rows, 1] Int64, noted as seen. <paramref name="logits"/> is [rows, vocabulary] float32.</summary>
    public Tensor Next(Tensor logits)
    {
        using var scope = NewDisposeScope();
        if (_options.RepetitionPenalty != 1)
        {
            var seen = _seen.narrow(1, 0, _length);
            var values = logits.gather(1, seen);
            logits = logits.scatter(1, seen, where(values.gt(0), values / _options.RepetitionPenalty, values * _options.RepetitionPenalty));
        }
        var next = _options.Temperature == 0 ? Likeliest(logits) : Sample(logits / _options.Temperature);
        _seen.narrow(1, _length++, 1).copy_(next);
        return next.MoveToOuterDisposeScope();
    }

    /// <summary>Frees the device's memory.</summary>
    public void Dispose() => _seen.Dispose();

    private static Tensor Likeliest(Tensor logits) => logits.IsHostFloat() ? HostGreatest.Places(logits) : logits.argmax(1, keepdim: true);

    // A uniform number a row, looked up in the cumulated probabilities of the likeliest tokens that together reach TopP.
    private Tensor Sample(Tensor logits)
    {
        var (sorted, ids) = logits.softmax(1).sort(1, descending: true);
        var cumulated = sorted.cumsum(1); // [rows, vocabulary]
        var kept = (cumulated - sorted).lt(_options.TopP);
        var reached = cumulated.where(kept, zeros_like(cumulated)).amax([1], keepdim: true); // [rows, 1]
        var uniform = tensor(Array.ConvertAll(_draws, d => (float)d.NextDouble()), [_draws.Length, 1], device: _device) * reached;
        var place = cumulated.le(uniform).logical_and(kept).sum(1, keepdim: true); // [rows, 1]
        place = minimum(place, kept.sum(1, keepdim: true) - 1).clamp_min(0);
        return ids.gather(1, place);
    }
}
