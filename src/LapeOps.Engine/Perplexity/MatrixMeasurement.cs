using System.Diagnostics;
using LapeOps.Corpora;
using LapeOps.Evaluation;
using LapeOps.Interventions;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Perplexity;

/// <summary>How far a matrix is.</summary>
/// <param name="Text">Language of the text at hand.</param>
/// <param name="Mask">The mask that was measured last.</param>
/// <param name="RowsDone">Rows of text under a mask that are done.</param>
/// <param name="RowsInAll">Rows of text under a mask in all.</param>
/// <param name="RowsComputed">Of those done, the ones that this run computed.</param>
/// <param name="Elapsed">Since the run began.</param>
public sealed record MatrixProgress(string Text, string Mask, int RowsDone, int RowsInAll, int RowsComputed, TimeSpan Elapsed)
{
    /// <summary>Time left at the speed so far.</summary>
    public TimeSpan Left => Elapsed * ((RowsInAll - RowsDone) / (double)RowsComputed);
}

/// <summary>
/// Held-out perplexity of several texts under several masks that switch neurons off. The numbers are those of <see cref="HeldOutPerplexity"/>,
/// but a mask's pass begins at the first layer that it touches, since up to there the unmodified one was the same.
/// </summary>
public static class MatrixMeasurement
{
    // Weights are widened once a batch, so that larger ones are faster; beyond this, not noticeably.
    private const int TokensAtOnce = 2048;

    // Streams of the unmodified pass that are kept for masks to begin with.
    private const int MostStreams = 8;

    /// <summary>What a matrix depends on, to tell whether a file holds a part of it.</summary>
    public static string Key(LanguageModel model, IReadOnlyList<TokenRows> texts, IReadOnlyList<MatrixMask> masks, bool allowNoOp) => ResultFile.Key(
        [model.Fingerprint, model.Type.ToString(), model.Device.type.ToString(), allowNoOp, .. texts.SelectMany(t => new object[] { t.Language, t.Rows, t.Plan.Context }), .. masks.SelectMany(m => new object?[] { m.Name, m.Neurons })]);

    /// <summary>Measures the unmodified model and every mask on the held-out rows of every text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">Rows of <see cref="HeldOutPerplexity.Rows"/>.</param>
    /// <param name="masks">What is switched off.</param>
    /// <param name="allowNoOp">Whether a mask may change no value over all texts.</param>
    /// <param name="progress">Told after every mask.</param>
    /// <param name="earlier">A matrix of the same masks and the first of the texts, which are then not measured again.</param>
    /// <param name="measured">Called with the matrix so far after each text.</param>
    /// <param name="stop">Looked at before each layer and between parts of logits.</param>
    /// <exception cref="LapeException">MaskWithoutEffect; MaskShapeMismatch; NonFinite; ModelClosed.</exception>
    public static PerplexityMatrix Measure(LanguageModel model, IReadOnlyList<TokenRows> texts, IReadOnlyList<MatrixMask> masks,
        bool allowNoOp = false, IProgress<MatrixProgress>? progress = null,
        PerplexityMatrix? earlier = null, Action<PerplexityMatrix>? measured = null, CancellationToken stop = default)
    {
        using var lease = model.Lease();
        var run = new Run(model, masks, progress, texts.Sum(t => t.Rows.HeldOutRows) * (masks.Count + 1), stop);
        if (earlier is not null)
            run.Take(Checked(earlier, texts, masks));
        for (var done = earlier?.Texts.Count ?? 0; done < texts.Count; done++)
        {
            run.Measure(texts[done]);
            measured?.Invoke(run.Matrix(texts.Take(done + 1)));
        }
        run.RequireEffect(allowNoOp);
        return run.Matrix(texts);
    }

    // Whoever wrote the file may have changed it since.
    private static PerplexityMatrix Checked(PerplexityMatrix earlier, IReadOnlyList<TokenRows> texts, IReadOnlyList<MatrixMask> masks)
    {
        var done = texts.Take(earlier.Texts.Count).ToArray();
        return earlier.Texts.SequenceEqual(done.Select(t => t.Language)) && earlier.Rows.Count == masks.Count + 1
            && earlier.Rows.All(row => row is not null && row.RowNll.All(nll => nll is not null && nll.All(double.IsFinite))
                && row.RowNll.Select(nll => nll.Count).SequenceEqual(done.Select(t => t.Rows.HeldOutRows)))
            && earlier.Rows.Skip(1).Zip(masks, (row, mask) => row.ValuesChanged?.Count == done.Length && row.ValuesChanged.Zip(done, (changed, text) =>
                changed >= 0 && changed <= (long)mask.Neurons.DistinctCount * text.Rows.HeldOutRows * text.Plan.Context).All(holds => holds)).All(holds => holds)
                ? earlier
                : throw new LapeException("ResultInvalid", "The matrix to go on from has other texts, masks or rows than this one, or values that no measurement gives. Measure it anew with -Force.");
    }

    private sealed class Run(LanguageModel model, IReadOnlyList<MatrixMask> masks, IProgress<MatrixProgress>? progress, int rowsInAll, CancellationToken stop)
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly Masked[] _masked = [.. masks.Select(mask => new Masked(model, mask))];
        private readonly List<double[]> _plain = [];
        private int _rowsDone, _rowsBefore;

        public void Take(PerplexityMatrix earlier)
        {
            _plain.AddRange(earlier.Rows[0].RowNll.Select(nll => nll.ToArray()));
            for (var i = 0; i < _masked.Length; i++)
                _masked[i].Take(earlier.Rows[i + 1]);
            _rowsDone = _rowsBefore = _plain.Sum(nll => nll.Length) * (_masked.Length + 1);
        }

        public void Measure(TokenRows text)
        {
            var plain = new List<double>();
            foreach (var masked in _masked)
                masked.Begin();
            foreach (var (ids, count) in HeldOutPerplexity.Batches(text, TokensAtOnce))
            {
                using var scope = NewDisposeScope();
                var tokens = HeldOutPerplexity.Tokens(model, ids, count);
                var attending = Attending.WholeRows(model.Shape, text.Plan.Context, model.Device);
                using var kept = new KeptStreams(_masked.Select(m => m.FirstLayer));
                Add(plain, model.Transformer.Hidden(tokens, attending, kept, stop), "none");
                foreach (var masked in _masked)
                {
                    using var tap = masked.View.NewTap(count)!;
                    var (layer, stream) = kept.Before(masked.FirstLayer);
                    Add(masked.Nll, model.Transformer.HiddenFrom(layer, stream, attending, tap, stop), masked.View.Name);
                    masked.Changed += tap.ReadChanged().Sum();
                }

                void Add(List<double> nll, Tensor hidden, string mask)
                {
                    using (hidden)
                        nll.AddRange(HeldOutPerplexity.RowNll(model, hidden, tokens, text.Plan.RowStart.Count, stop));
                    _rowsDone += count;
                    progress?.Report(new MatrixProgress(text.Language, mask, _rowsDone, rowsInAll, _rowsDone - _rowsBefore, _clock.Elapsed));
                }
            }
            _plain.Add(Finite(plain, text));
            foreach (var masked in _masked)
                masked.End(Finite(masked.Nll, text));
        }

        public void RequireEffect(bool allowNoOp)
        {
            foreach (var masked in _masked)
                ProofOfAction.Require(masked.View.Name, masked.Neurons, masked.ValuesChanged.Sum(), allowNoOp);
        }

        // Arrays, since PowerShell does not index the lists that collection expressions make.
        public PerplexityMatrix Matrix(IEnumerable<TokenRows> texts) => new(texts.Select(t => t.Language).ToArray(),
            _masked.Select(m => m.Row).Prepend(new("none", MatrixRowKind.None, null, 0, _plain.ToArray(), null)).ToArray());

        private double[] Finite(List<double> nll, TokenRows text)
        {
            double[] all = [.. nll];
            NonFinite.Refuse(all, model, $" on the text of '{text.Language}'");
            return all;
        }
    }

    // A mask, and what was measured under it so far.
    private sealed class Masked(LanguageModel model, MatrixMask mask)
    {
        private readonly List<double[]> _rowNll = [];

        public ModelView View { get; } = new(model, Intervention.Zero(model.Shape.Layers, model.Shape.Width, mask.Neurons.All()), mask.Name);

        public int FirstLayer { get; } = mask.Neurons.All().First().Layer;

        public int Neurons => View.Intervention!.NeuronCount;

        public List<double> Nll { get; } = [];

        public long Changed { get; set; }

        public List<long> ValuesChanged { get; } = [];

        public MatrixRow Row => new(mask.Name, mask.Kind, mask.Language, Neurons, _rowNll.ToArray(), ValuesChanged.ToArray());

        public void Take(MatrixRow earlier)
        {
            _rowNll.AddRange(earlier.RowNll.Select(nll => nll.ToArray()));
            ValuesChanged.AddRange(earlier.ValuesChanged!);
        }

        public void Begin()
        {
            Nll.Clear();
            Changed = 0;
        }

        public void End(double[] rowNll)
        {
            _rowNll.Add(rowNll);
            ValuesChanged.Add(Changed);
        }
    }

    // The residual stream at the input of blocks that masks begin with, or of the nearest one before.
    private sealed class KeptStreams : FeedForwardTap, IDisposable
    {
        private readonly SortedDictionary<int, Tensor?> _streams = [];

        public KeptStreams(IEnumerable<int> layers)
        {
            int[] begins = [.. layers.Distinct().Order()];
            foreach (var some in begins.Chunk((begins.Length / MostStreams) + 1))
                _streams[some[0]] = null;
        }

        public (int Layer, Tensor Stream) Before(int layer)
        {
            var (first, stream) = _streams.Last(s => s.Key <= layer);
            return (first, stream!);
        }

        public override void BlockInput(int layer, Tensor residual)
        {
            if (_streams.ContainsKey(layer))
                _streams[layer] = residual.alias().DetachFromDisposeScope();
        }

        public void Dispose()
        {
            foreach (var stream in _streams.Values)
                stream?.Dispose();
        }
    }
}
