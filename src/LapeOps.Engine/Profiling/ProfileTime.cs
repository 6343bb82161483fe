using LapeOps.Architectures;
using LapeOps.Corpora;
using LapeOps.Native;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Profiling;

/// <summary>
/// How long a run will take, from two speeds measured on the device in half a second: that of matrix products of the model's shape, and that
/// of what is done value by value. It is an estimate before anything is loaded; a run's progress knows better after its first group.
/// </summary>
public sealed class ProfileTime
{
    // Each speed is measured for so long, after a product that is not counted.
    private static readonly TimeSpan MeasuredFor = TimeSpan.FromSeconds(0.25);

    // Values that a layer reads or writes a token, beside its products, in widths: norms, residuals and rotary positions; the gate, its
    // product and what the tap makes of them.
    private const double ResidualPasses = 14, HeadPasses = 8, NeuronPasses = 10, NeuronPassesOfSums = 8;

    // Larger products run at the same speed, and what is measured has to fit where the model may not.
    private const long MostTokens = 2048, MostWidth = 4096;

    private readonly double _secondsPerRow;

    private ProfileTime(double secondsPerRow) => _secondsPerRow = secondsPerRow;

    /// <summary>Measures the device.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="type">What linear layers compute in.</param>
    /// <param name="plan">Rows and groups.</param>
    /// <param name="sums">Whether sums are taken beside the counts.</param>
    /// <param name="device">Where it will run.</param>
    public static ProfileTime Measure(TransformerShape shape, ComputeType type, RowPlan plan, bool sums, Device device)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var tokens = Math.Min(MostTokens, (long)plan.RowsPerGroup * plan.Context);
        long hidden = Math.Min(MostWidth, shape.Hidden), width = Math.Min(MostWidth, shape.Width);
        var (left, right) = (rand([tokens, hidden], type.ToTorch(), device), rand([hidden, width], type.ToTorch(), device));
        var values = rand([tokens, width], ScalarType.Float32, device);
        var product = 2.0 * tokens * hidden * width / Devices.Seconds(device, MeasuredFor, () => mm(left, right).Dispose());
        var single = 2.0 * tokens * width / Devices.Seconds(device, MeasuredFor, () => values.mul(0.5).Dispose());
        return new ProfileTime((Operations(shape, plan.Context) / product) + (Values(shape, plan.Context, sums) / single));
    }

    /// <summary>The time of a language's rows.</summary>
    public TimeSpan Of(TokenRows rows) => TimeSpan.FromSeconds(_secondsPerRow * rows.Rows.CountedRows);

    // Of a row: two a weight and token, and 4 * head width * heads a causal pair.
    private static double Operations(TransformerShape shape, long tokens)
    {
        double hidden = shape.Hidden, weights = (2 * hidden * shape.HeadWidth * (shape.Heads + shape.KeyValueHeads)) + (3 * hidden * shape.Width);
        return shape.Layers * ((2 * weights * tokens) + (4.0 * shape.HeadWidth * shape.Heads * tokens * (tokens + 1) / 2));
    }

    private static double Values(TransformerShape shape, long tokens, bool sums) =>
        (double)shape.Layers * tokens * ((ResidualPasses * shape.Hidden) + (HeadPasses * shape.Heads * shape.HeadWidth) + ((NeuronPasses + (sums ? NeuronPassesOfSums : 0)) * shape.Width));
}
