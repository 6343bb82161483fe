using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>Linear layers on a CPU, each by the way that tests/LapeOps.Benchmarks found to be the fastest.</summary>
internal static class HostLinear
{
    // In smaller products, putting the result in order costs more than the better product saves.
    private const int LeastInputs = 1024, LeastOutputs = 2048;

    /// <summary>
    /// Whether products of this type are computed here. Without 512-bit vectors torch multiplies bfloat16 number by number, ten times as
    /// slowly as float32.
    /// </summary>
    public static bool Serves(ScalarType type) => type == ScalarType.Float32 || (type == ScalarType.BFloat16 && !Avx512BW.IsSupported);

    /// <summary>x times each transposed weight, [.., outputs] float32: both rounded to a type, summed in float32, and the sums rounded to it.</summary>
    /// <param name="x">[.., inputs] float32.</param>
    /// <param name="weights">Each [outputs, inputs], float32 or bfloat16, which is widened as it is used.</param>
    /// <param name="type">Float32, or bfloat16 where the weights are, too.</param>
    public static Tensor[] Linear(Tensor x, Tensor[] weights, ScalarType type)
    {
        if (type == ScalarType.Float32)
            return Linear(x, weights);
        using var scope = NewDisposeScope();
        return Array.ConvertAll(Linear(x.to(type).to(ScalarType.Float32), weights), y => y.to(type).to(ScalarType.Float32).MoveToOuterDisposeScope());
    }

    private static Tensor[] Linear(Tensor x, Tensor[] weights) => weights.All(w => PanelLinear.Serves(x, w) && w.dtype == weights[0].dtype)
        ? PanelLinear.Linear(x, weights)
        : Array.ConvertAll(weights, weight => Linear(x, weight));

    private static Tensor Linear(Tensor x, Tensor weight)
    {
        if (TiledLinear.Serves(x, weight))
            return TiledLinear.Linear(x, weight);
        if (PanelLinear.Serves(x, weight))
            return PanelLinear.Linear(x, [weight])[0];
        using var scope = NewDisposeScope();
        weight = weight.to(ScalarType.Float32);
        long outputs = weight.shape[0], inputs = weight.shape[1];
        var y = inputs >= LeastInputs && outputs >= LeastOutputs ? WeightFirst(x, weight) : nn.functional.linear(x, weight);
        return y.MoveToOuterDisposeScope();
    }

    // MKL takes a tenth less time for weight * x' than for x * weight', whose result it is but for the order.
    private static Tensor WeightFirst(Tensor x, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var y = mm(weight, x.reshape(-1, weight.shape[1]).t()).t().contiguous();
        return y.view([.. x.shape[..^1], weight.shape[0]]).MoveToOuterDisposeScope();
    }
}
