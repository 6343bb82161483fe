using LapeOps.Architectures;
using LapeOps.Corpora;
using LapeOps.Native;
using LapeOps.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace LapeOps.Profiling;

/// <summary>
/// How long a run will take, from forward passes of two layers of the model's shape with random weights, once for each kind of attention,
/// with all that is counted, at the plan's length of rows. It is an estimate before anything is loaded; a run's progress knows better after
/// its first group.
/// </summary>
public sealed class ProfileTime
{
    private const int Layers = 2;

    // What is measured has to fit where the model may not, and to end soon: larger shapes are measured in a smaller likeness of them.
    private const int MostTokens = 4096;
    private const double MostWeights = 1 << 25, MostOperations = 5e10, MostOperationsOfGpu = 1e13;
    private static readonly TimeSpan MeasuredFor = TimeSpan.FromSeconds(0.25);

    private readonly double _secondsPerRow;

    private ProfileTime(double secondsPerRow) => _secondsPerRow = secondsPerRow;

    /// <summary>Measures the device.</summary>
    /// <param name="model">The model, which need have no values.</param>
    /// <param name="plan">Rows and groups.</param>
    /// <param name="sums">Whether sums are taken beside the counts.</param>
    /// <param name="device">Where it will run.</param>
    internal static ProfileTime Measure(LanguageModel model, RowPlan plan, bool sums, Device device)
    {
        var kinds = Enumerable.Range(0, model.Shape.Layers).GroupBy(layer => model.Shape.WindowOf(layer) is not null);
        return new(kinds.Sum(layers => layers.Count() * SecondsOfLayer(model, layers.First(), plan, sums, device)));
    }

    /// <summary>The time of a language's rows.</summary>
    public TimeSpan Of(TokenRows rows) => TimeSpan.FromSeconds(_secondsPerRow * rows.Rows.CountedRows);

    private static double SecondsOfLayer(LanguageModel model, int layer, RowPlan plan, bool sums, Device device)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var tokens = Math.Min(plan.Context, MostTokens);
        var slides = model.Shape.WindowOf(layer) is not null;
        var (shape, rows) = Likeness(
            model.Shape with { Layers = Layers, Vocabulary = 1, Sliding = [.. Enumerable.Repeat(slides, Layers)] }, Math.Min(plan.RowsPerGroup, Math.Max(1, MostTokens / tokens)), tokens,
            device.type == DeviceType.CUDA ? MostOperationsOfGpu : MostOperations);
        using var weights = new RandomWeights(shape, model.Checkpoint.Family.Names, ResidentWeights.LinearType(model.Checkpoint, device, model.Type.ToTorch()), device);
        using var transformer = new Transformer(shape, weights, device, model.Type.ToTorch());
        using var tap = new CountingTap(shape.Layers, shape.Width, shape.Hidden, Math.Min(plan.RowStart.Count, tokens - 1), sums, device);
        var ids = zeros([rows, tokens], ScalarType.Int64, device);
        var attending = Attending.WholeRows(shape, tokens, device);
        var seconds = Devices.Seconds(device, MeasuredFor, () => transformer.Hidden(ids, attending, tap).Dispose());
        return seconds / (rows * Layers) * ProfileOperations.OfLayer(model.Shape, layer, plan.Context) / ProfileOperations.OfLayer(shape, 0, tokens);
    }

    /// <summary>Fewer rows, then fewer heads and narrower layers, so that attention and linear layers keep their shares.</summary>
    private static (TransformerShape Shape, int Rows) Likeness(TransformerShape shape, int rows, int tokens, double mostOperations)
    {
        while (rows > 1 && Operations() > mostOperations)
            rows /= 2;
        while (Operations() > mostOperations || Layers * ProfileOperations.WeightsOfLayer(shape) > MostWeights)
        {
            var heads = Math.Max(1, shape.Heads / 4);
            var keys = Math.Clamp(shape.KeyValueHeads / 4, 1, heads);
            var smaller = shape with
            {
                Hidden = Half(shape.Hidden),
                Width = Half(shape.Width),
                Heads = heads - (heads % keys),
                KeyValueHeads = keys,
                HeadWidth = shape.Heads > 1 ? shape.HeadWidth : Half(shape.HeadWidth),
            };
            if (smaller == shape)
                break;
            shape = smaller;
        }
        return (shape, rows);

        double Operations() => rows * Layers * ProfileOperations.OfLayer(shape, 0, tokens);

        // Even, for rotary positions turn pairs.
        static int Half(int size) => Math.Min(size, Math.Max(64, size / 4 * 2));
    }
}
