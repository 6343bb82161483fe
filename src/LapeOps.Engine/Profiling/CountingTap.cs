using LapeOps.Native;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Profiling;

/// <summary>
/// Statistics of one group of rows, on the device: every sum of METHOD.md's "Rows and counting" in one forward pass. Each layer overwrites
/// what the last group left, so a group that was stopped in the middle has touched no total.
/// </summary>
public sealed class CountingTap : FeedForwardTap, IDisposable
{
    // Partial sums of up to this many positions are float32 (METHOD.md, "Arithmetic").
    private const int MostPositions = 512;

    // On a CPU, pieces of about this many values stay in its cache, and so does what a reduction makes on the way.
    private const long CachedValues = 1 << 22;

    private readonly int _rowStart;

    /// <param name="layers">L.</param>
    /// <param name="width">d.</param>
    /// <param name="hidden">Width of the residual stream.</param>
    /// <param name="rowStart">Positions at the start of each row that are not counted.</param>
    /// <param name="sums">Whether the float64 sums are taken.</param>
    /// <param name="device">The model's device.</param>
    public CountingTap(int layers, int width, int hidden, int rowStart, bool sums, Device device)
    {
        _rowStart = rowStart;
        OverZero = New(ScalarType.Int32, layers, width);
        if (!sums)
            return;
        Activations = New(ScalarType.Float64, layers, width);
        Squares = New(ScalarType.Float64, layers, width);
        Products = New(ScalarType.Float64, layers, width);
        Residuals = New(ScalarType.Float64, layers, hidden);
        ResidualNorms = New(ScalarType.Float64, layers);

        Tensor New(ScalarType type, params long[] shape) => zeros(shape, type, device).DetachFromDisposeScope();
    }

    /// <summary>[L, d] Int32.</summary>
    public Tensor OverZero { get; }

    /// <summary>[L, d] float64; null without sums.</summary>
    public Tensor? Activations { get; }

    /// <summary>[L, d] float64; null without sums.</summary>
    public Tensor? Squares { get; }

    /// <summary>[L, d] float64; null without sums.</summary>
    public Tensor? Products { get; }

    /// <summary>[L, hidden] float64; null without sums.</summary>
    public Tensor? Residuals { get; }

    /// <summary>[L] float64; null without sums.</summary>
    public Tensor? ResidualNorms { get; }

    /// <inheritdoc/>
    public override void BlockInput(int layer, Tensor residual)
    {
        if (Residuals is null)
            return;
        Store(Residuals, layer, residual, part => part.sum(1));
        Store(ResidualNorms!, layer, residual, part => linalg.vector_norm(part, 2, [2]).sum(1));
    }

    /// <inheritdoc/>
    public override void Activation(int layer, Tensor activation)
    {
        if (Activations is not null && activation.IsHostFloat())
        {
            HostCounts.Take(activation, _rowStart, OverZero.select(0, layer), Activations.select(0, layer), Squares!.select(0, layer));
            return;
        }
        // Ones in float32, exact up to 2^24, since torch sums a Bool tensor by way of an Int64 copy of it.
        Store(OverZero, layer, activation, part => part.clone().gt_(0).sum(1));
        if (Activations is null)
            return;
        Store(Activations, layer, activation, part => part.sum(1));
        Store(Squares!, layer, activation, part => part.square().sum(1));
    }

    /// <inheritdoc/>
    public override void DownInput(int layer, Tensor product)
    {
        if (Products is not null)
            Store(Products, layer, product, part => part.sum(1));
    }

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        foreach (var tensor in new[] { OverZero, Activations, Squares, Products, Residuals, ResidualNorms })
            tensor?.Dispose();
    }

    // Reduces the counted positions of each row piece by piece, [rows, positions, n] to [rows, n], and adds pieces and rows in the target's type.
    private void Store(Tensor target, int layer, Tensor values, Func<Tensor, Tensor> reduce)
    {
        long end = values.shape[1], most = MostPositions;
        if (values.device_type == TorchSharp.DeviceType.CPU)
            most = Math.Clamp(CachedValues / (values.shape[0] * values.shape[2]), 1, MostPositions);
        var into = target.select(0, layer);
        for (long start = _rowStart; start < end; start += most)
        {
            using var scope = NewDisposeScope();
            var sum = reduce(values.narrow(1, start, Math.Min(most, end - start))).sum(0, type: target.dtype);
            if (start == _rowStart)
                into.copy_(sum);
            else
                into.add_(sum);
        }
    }
}
