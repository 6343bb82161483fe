using LapeOps.Scoring;
using static TorchSharp.torch;

namespace LapeOps.Generation;

/// <summary>Chooses the next token of each row, on the device. Sampling is one closed type with its seed in the open.</summary>
internal sealed class Sampler : IDisposable
{
    private readonly GenerationOptions _options;
    private readonly Tensor _seen; // [rows, vocabulary] Bool
    private readonly SplitMix64[] _draws;
    private readonly Device _device;

    /// <param name="requests">The rows.</param>
    /// <param name="vocabulary">Logits a row.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="device">The model's device.</param>
    public Sampler(IReadOnlyList<GenerationRequest> requests, int vocabulary, GenerationOptions options, Device device)
    {
        _options = options;
        _device = device;
        _draws = [.. requests.Select(r => new SplitMix64(options.Seed + ((ulong)r.Number * 0x9E3779B97F4A7C15)))];
        var seen = new bool[requests.Count * vocabulary];
        for (var row = 0; row < requests.Count; row++)
            foreach (var id in requests[row].Ids)
                seen[(row * vocabulary) + id] = true;
        _seen = tensor(seen, [requests.Count, vocabulary], device: device).DetachFromDisposeScope();
    }

    /// <summary>The next ids, [rows, 1] Int64, noted as seen. <paramref name="logits"/> is [rows, vocabulary] float32.</summary>
    public Tensor Next(Tensor logits)
    {
        using var scope = NewDisposeScope();
        if (_options.RepetitionPenalty != 1)
        {
            var penalized = where(logits.gt(0), logits / _options.RepetitionPenalty, logits * _options.RepetitionPenalty);
            logits = where(_seen, penalized, logits);
        }
        var next = _options.Temperature == 0 ? logits.argmax(1, keepdim: true) : Sample(logits / _options.Temperature);
        _seen.scatter_(1, next, ones_like(next, ScalarType.Bool));
        return next.MoveToOuterDisposeScope();
    }

    /// <summary>Frees the device's memory.</summary>
    public void Dispose() => _seen.Dispose();

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
