using LapeOps.Corpora;
using LapeOps.Evaluation;

namespace LapeOps.Perplexity;

/// <summary>Ablations: what parts of a language's neurons do to its own text and to the others', on held-out rows.</summary>
public static class AblationMeasurement
{
    /// <summary>Measures every step that has neurons on every text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">Rows of <see cref="HeldOutPerplexity.Rows"/>.</param>
    /// <param name="steps">What is switched off.</param>
    /// <param name="allowNoOp">Whether a step may change no value over all texts.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="stop">Looked at before each layer.</param>
    /// <returns>A row for each step.</returns>
    /// <exception cref="LapeException">MaskWithoutEffect; MaskShapeMismatch; NonFinite; ModelClosed.</exception>
    public static IReadOnlyList<AblationRow> Measure(LanguageModel model, IReadOnlyList<TokenRows> texts, IReadOnlyList<AblationStep> steps,
        bool allowNoOp = false, IProgress<MatrixProgress>? progress = null, CancellationToken stop = default)
    {
        MatrixMask[] masks =
        [
            .. steps.Where(s => s.Neurons.DistinctCount > 0)
                .Select(s => new MatrixMask(FormattableString.Invariant($"{s.Language} {s.Study} {s.Step}"), MatrixRowKind.Language, s.Language, s.Neurons)),
        ];
        var matrix = masks.Length == 0 ? null : MatrixMeasurement.Measure(model, texts, masks, allowNoOp, progress, stop: stop);
        var row = 0;
        return [.. steps.Select(step => step.Neurons.DistinctCount == 0
            ? new AblationRow(step.Study, step.Step, step.Language, 0, null, null, 0)
            : Row(step, matrix!, ++row))];
    }

    private static AblationRow Row(AblationStep step, PerplexityMatrix matrix, int row)
    {
        var changes = Enumerable.Range(0, matrix.Texts.Count).ToLookup(k => matrix.Texts[k] == step.Language, k => matrix.Change(row, k));
        return new AblationRow(step.Study, step.Step, step.Language, matrix.Rows[row].Neurons, Mean(changes[true]), Mean(changes[false]), matrix.Rows[row].ValuesChanged!.Sum());
    }

    private static double? Mean(IEnumerable<double> changes) => changes.Any() ? changes.Average() : null;
}
