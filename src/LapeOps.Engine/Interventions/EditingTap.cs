using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Interventions;

/// <summary>
/// Edits the activations of a batch whose rows may have different interventions, and counts on the device what it changed: METHOD.md's
/// proof of action.
/// </summary>
internal sealed class EditingTap : FeedForwardTap, IDisposable
{
    private readonly IReadOnlyList<(int FirstRow, int Rows, UploadedIntervention Edit)> _segments;
    private readonly Tensor _changed;

    /// <param name="segments">Which contiguous rows have which intervention; rows in none are not edited.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="device">The model's device.</param>
    public EditingTap(IReadOnlyList<(int FirstRow, int Rows, UploadedIntervention Edit)> segments, int rows, Device device)
    {
        _segments = segments;
        _changed = zeros([rows], ScalarType.Int64, device).DetachFromDisposeScope();
    }

    /// <summary>[rows, tokens] Bool: which places of the pass at hand count as positions; null for all. Padding and ended rows do not.</summary>
    public Tensor? Counted { get; set; }

    /// <summary>(position, neuron) values, and of a shifted residual stream (position, component) values, that the edits changed so far, a row each. Waits for the device.</summary>
    public long[] ReadChanged() => _changed.cpu().data<long>().ToArray();

    /// <inheritdoc/>
    public override void BlockInput(int layer, Tensor residual)
    {
        foreach (var (first, rows, edit) in _segments)
        {
            if (edit.Residual(layer) is not { } shift)
                continue;
            var part = residual.narrow(0, first, rows); // [rows, tokens, hidden]
            var after = part + shift;
            Count(first, rows, after.ne(part));
            part.copy_(after);
        }
    }

    /// <inheritdoc/>
    public override void Activation(int layer, Tensor activation)
    {
        foreach (var (first, rows, edit) in _segments)
        {
            if (edit.Layer(layer) is not var (neurons, keep, shift))
                continue;
            var part = activation.narrow(0, first, rows); // [rows, tokens, width]
            var before = part.index(TensorIndex.Ellipsis, TensorIndex.Tensor(neurons)); // [rows, tokens, m]
            var after = (before * keep).add_(shift);
            part.index_copy_(2, neurons, after);
            Count(first, rows, after.ne(before));
        }
    }

    // changed: [rows, tokens, values] Bool.
    private void Count(int first, int rows, Tensor changed)
    {
        if (Counted is { } counted)
            changed = changed.logical_and(counted.narrow(0, first, rows).unsqueeze(2));
        _changed.narrow(0, first, rows).add_(changed.sum(1, 2));
    }

    /// <summary>Frees the counters; the interventions belong to their views.</summary>
    public void Dispose() => _changed.Dispose();
}
