using static TorchSharp.torch;

namespace LapeOps.Interventions;

/// <summary>An intervention's indices and values on the device, uploaded once.</summary>
internal sealed class UploadedIntervention : IDisposable
{
    private readonly (Tensor Neurons, Tensor Keep, Tensor Shift)?[] _layers;
    private readonly Tensor?[] _residual;

    public UploadedIntervention(Intervention intervention, Device device)
    {
        _layers = [.. Enumerable.Range(0, intervention.Layers).Select(layer => Upload(intervention.Layer(layer), device))];
        _residual = [.. Enumerable.Range(0, intervention.Layers).Select(layer => intervention.Residual(layer) is { } shift ? tensor(shift, device: device).DetachFromDisposeScope() : null)];
    }

    /// <summary>Indices [m] Int64, factors [m] and shifts [m] float32 of a layer; null where it is not edited.</summary>
    public (Tensor Neurons, Tensor Keep, Tensor Shift)? Layer(int layer) => _layers[layer];

    /// <summary>What is added to the residual stream at a block's input, [h] float32; null for nothing.</summary>
    public Tensor? Residual(int layer) => _residual[layer];

    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            layer?.Neurons.Dispose();
            layer?.Keep.Dispose();
            layer?.Shift.Dispose();
        }
        foreach (var shift in _residual)
            shift?.Dispose();
    }

    private static (Tensor, Tensor, Tensor)? Upload(LayerEdit edit, Device device) => edit.Neurons.Length == 0
        ? null
        : (tensor(Array.ConvertAll(edit.Neurons, n => (long)n), device: device).DetachFromDisposeScope(),
            tensor(edit.Keep, device: device).DetachFromDisposeScope(),
            tensor(edit.Shift, device: device).DetachFromDisposeScope());
}
