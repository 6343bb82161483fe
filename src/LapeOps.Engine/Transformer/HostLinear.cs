using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>Linear layers in float32 on a CPU, each by the way that tests/LapeOps.Benchmarks found to be the fastest.</summary>
internal static class HostLinear
{
    // In smaller products, putting the result in order costs more than the better product saves.
    private const int LeastInputs = 1024, LeastOutputs = 2048;

    /// <summary>x times the transposed weight, [.., outputs] float32.</summary>
    /// <param name="x">[.., inputs]</param>
    /// <param name="weight">[outputs, inputs], float32 or bfloat16, which is widened as it is used.</param>
    public static Tensor Linear(Tensor x, Tensor weight)
    {
        if (TiledLinear.Serves(x, weight))
            return TiledLinear.Linear(x, weight);
        using var scope = NewDisposeScope();
        weight = weight.to(ScalarType.Float32);
        return (weight.shape[1] >= LeastInputs && weight.shape[0] >= LeastOutputs ? WeightFirst(x, weight) : nn.functional.linear(x, weight)).MoveToOuterDisposeScope();
    }

    // MKL takes a tenth less time for weight * x' than for x * weight', whose result it is but for the order.
    private static Tensor WeightFirst(Tensor x, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var y = mm(weight, x.reshape(-1, weight.shape[1]).t()).t().contiguous();
        return y.view([.. x.shape[..^1], weight.shape[0]]).MoveToOuterDisposeScope();
    }
}
