using System.Diagnostics;
using LapeOps.Interventions;
using LapeOps.Native;
using LapeOps.Profiling;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Generation;

/// <summary>Answers prompts in batches of unequal lengths, each row with its own mask or none, as each would be answered alone.</summary>
public static class Generator
{
    /// <summary>Answers one batch.</summary>
    /// <param name="requests">Prompts of one model; masks may differ.</param>
    /// <param name="options">How.</param>
    /// <param name="tell">Called with the number of a request and text that is certain, as it comes; null for nobody.</param>
    /// <param name="stop">Looked at before each layer.</param>
    /// <returns>Answers in the order of the requests.</returns>
    /// <exception cref="LapeException">ModelClosed; ParameterOutOfRange; MemoryInsufficient; MaskWithoutEffect is for the caller, who sees whole runs.</exception>
    public static IReadOnlyList<Completion> Answer(IReadOnlyList<GenerationRequest> requests, GenerationOptions options,
        Action<int, string>? tell = null, CancellationToken stop = default)
    {
        options.Validate();
        if (requests.Count == 0)
            return [];
        var model = requests[0].View.Model;
        if (requests.Any(r => r.View.Model != model))
            throw new ArgumentException("The requests of a batch have to share a model.", nameof(requests));
        using var lease = model.Lease();
        // Rows of one mask stand together, so that each is edited as one piece.
        var order = Enumerable.Range(0, requests.Count).OrderBy(i => requests.First(r => r.View == requests[i].View).Number).ThenBy(i => i).ToArray();
        using var scope = NewDisposeScope();
        using var batch = new Batch(model, [.. order.Select(i => requests[i])], options, tell, stop);
        var answers = batch.Run();
        var completions = new Completion[requests.Count];
        for (var i = 0; i < order.Length; i++)
            completions[order[i]] = answers[i];
        return completions;
    }

    private sealed class Batch : IDisposable
    {
        private readonly LanguageModel _model;
        private readonly IReadOnlyList<GenerationRequest> _requests;
        private readonly GenerationOptions _options;
        private readonly Action<int, string>? _tell;
        private readonly CancellationToken _stop;
        private readonly Row[] _rows;
        private readonly int _longest;
        private readonly Tensor _ids; // [rows, longest] Int64, padded on the left
        private readonly Tensor? _padding; // [rows] Int64
        private readonly EditingTap? _tap;
        private readonly Sampler _sampler;

        public Batch(LanguageModel model, IReadOnlyList<GenerationRequest> requests, GenerationOptions options, Action<int, string>? tell, CancellationToken stop)
        {
            (_model, _requests, _options, _tell, _stop) = (model, requests, options, tell, stop);
            _rows = [.. requests.Select(_ => new Row(new AnswerText(model.HasTokenizer ? model.Tokenizer.StreamDecoder(skipSpecialTokens: true) : null, options.Stop)))];
            _longest = requests.Max(r => r.Ids.Count);
            RequireMemory();
            var padding = requests.Select(r => (long)(_longest - r.Ids.Count)).ToArray();
            _padding = padding.Any(p => p > 0) ? tensor(padding, device: model.Device) : null;
            _ids = tensor(requests.SelectMany((r, row) => Enumerable.Repeat(0L, (int)padding[row]).Concat(r.Ids.Select(id => (long)id))).ToArray(),
                [requests.Count, _longest], device: model.Device);
            var segments = Segments();
            _tap = segments.Count > 0 ? new EditingTap(segments, requests.Count, model.Device) : null;
            _sampler = new Sampler(requests, options, model.Device);
        }

        public Completion[] Run()
        {
            var clock = Stopwatch.StartNew();
            using var cache = NewCache(_longest + _options.MaxTokens);
            var logits = Prefill(cache, _tap);
            var divergence = _tap is null ? null : Divergence(logits);
            for (var step = 1; ; step++)
            {
                using var scope = NewDisposeScope();
                var next = _sampler.Next(logits);
                logits.Dispose();
                Take(next.cpu().data<long>().ToArray(), last: step == _options.MaxTokens);
                if (_rows.All(r => r.Finish is not null))
                    break;
                if (_tap is not null)
                    _tap.Counted = tensor(Array.ConvertAll(_rows, r => r.Finish is null), [_rows.Length, 1], device: _model.Device);
                var hidden = _model.Transformer.Hidden(next, Attending.Next(cache, 1, _padding, _model.Device), _tap ?? FeedForwardTap.None, _stop);
                logits = _model.Transformer.Logits(hidden.squeeze(1)).MoveToOuterDisposeScope();
            }
            return Completions(clock.Elapsed, divergence);
        }

        public void Dispose()
        {
            _tap?.Dispose();
            _sampler.Dispose();
        }

        // The logits after each prompt, [rows, vocabulary]: of all places only the last one's are computed.
        private Tensor Prefill(KvCache cache, EditingTap? tap)
        {
            using var scope = NewDisposeScope();
            if (tap is not null && _padding is not null)
                tap.Counted = arange(_longest, ScalarType.Int64, _model.Device).ge(_padding.unsqueeze(1));
            var hidden = _model.Transformer.Hidden(_ids, Attending.Next(cache, _longest, _padding, _model.Device), tap ?? FeedForwardTap.None, _stop);
            var logits = _model.Transformer.Logits(hidden.select(1, _longest - 1));
            NonFinite.Refuse(logits, _model, masked: tap is not null);
            return logits.MoveToOuterDisposeScope();
        }

        // KL(unmodified || modified) of each row, in the same batch shape; softmax in float64 over the float32 logits.
        private double[] Divergence(Tensor modified)
        {
            using var scope = NewDisposeScope();
            using var cache = NewCache(_longest);
            var p = Prefill(cache, null).to(ScalarType.Float64).log_softmax(1);
            var q = modified.to(ScalarType.Float64).log_softmax(1);
            return (p.exp() * (p - q)).sum(1).cpu().data<double>().ToArray();
        }

        private void Take(long[] ids, bool last)
        {
            for (var i = 0; i < _rows.Length; i++)
            {
                var row = _rows[i];
                if (row.Finish is not null)
                    continue;
                var id = (int)ids[i];
                if (_options.StopAtEnd && _model.EndIds.Contains(id))
                {
                    row.Finish = row.Answer.Finish() ? FinishReason.StopString : FinishReason.EndToken;
                }
                else
                {
                    row.Ids.Add(id);
                    if (row.Answer.Push(id) || (last && row.Answer.Finish()))
                        row.Finish = FinishReason.StopString;
                    else if (last)
                        row.Finish = FinishReason.Length;
                }
                if (_tell is not null && row.Answer.Tell(end: row.Finish is not null) is { Length: > 0 } news)
                    _tell(_requests[i].Number, news);
            }
        }

        private Completion[] Completions(TimeSpan elapsed, double[]? divergence)
        {
            var changed = _tap?.ReadChanged();
            return [.. _rows.Select((row, i) => new Completion(
                _requests[i].Prompt, row.Answer.Text, row.Finish!.Value, row.Ids, _requests[i].Ids.Count, row.Ids.Count / elapsed.TotalSeconds, _requests[i].View.Name,
                _requests[i].View.Intervention is { } intervention ? new ProofOfAction(intervention.NeuronCount, changed![i], divergence![i]) : null))];
        }

        private List<(int, int, UploadedIntervention)> Segments()
        {
            var segments = new List<(int First, int Rows, UploadedIntervention Edit)>();
            for (var row = 0; row < _requests.Count; row++)
            {
                if (_requests[row].View.Uploaded is not { } edit)
                    continue;
                if (segments.Count > 0 && segments[^1].Edit == edit && segments[^1].First + segments[^1].Rows == row)
                    segments[^1] = (segments[^1].First, segments[^1].Rows + 1, edit);
                else
                    segments.Add((row, 1, edit));
            }
            return segments;
        }

        private KvCache NewCache(int capacity) => new(_model.Shape, _rows.Length, capacity, _model.Device, _model.Type.ToTorch());

        private void RequireMemory()
        {
            var perRow = KvCache.BytesFor(_model.Shape, 1, (long)_longest + _options.MaxTokens, _model.Type.ToTorch())
                + ProfilePlan.PassBytes(_model.Shape, 1, _longest) + (8L * _model.Shape.Vocabulary * sizeof(float));
            // Rows of unequal lengths, and windows, need masks of [longest, longest]: float32, made of booleans.
            var masks = (_requests.Any(r => r.Ids.Count < _longest) ? 1 : 0) + (_model.Shape.Window < _longest ? 1 : 0);
            perRow += masks * (sizeof(float) + 2L) * _longest * _longest;
            var available = Memory.Available(_model.Device);
            Memory.Require($"Answering {_rows.Length} prompts of up to {_longest} tokens with {_options.MaxTokens} new ones", perRow * _rows.Length, available,
                available >= perRow ? $"A batch size of {available / perRow} fits." : "Use shorter prompts or fewer new tokens.");
        }

        private sealed class Row(AnswerText answer)
        {
            public AnswerText Answer { get; } = answer;
            public List<int> Ids { get; } = [];
            public FinishReason? Finish { get; set; }
        }
    }
}
