using System.Runtime.Intrinsics.X86;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>Linear layers on a CPU, each by the way that tests/LapeOps.Benchmarks found to be the fastest.</summary>
internal static class HostLinear
{
    // In smaller products, putting the result in order costs more than the better product saves.
    private const int LeastInputs = 1024, LeastOutputs = 2048;

    // Beyond these, oneDNN's convolution is the slower one.
    private const int MostConvolvedInputs = 2048, LeastConvolvedTokens = 256;

    private static readonly bool ConvolutionIsFaster = HostProcessor.IsAmd && Avx2.IsSupported && !Avx512F.IsSupported;

    /// <summary>
    /// Whether products of this type are computed here. Without 512-bit vectors torch multiplies bfloat16 number by number, ten times as
    /// slowly as float32.
    /// </summary>
    public static bool Serves(ScalarType type) => type == ScalarType.Float32 || (type == ScalarType.BFloat16 && !Avx512BW.IsSupported);

    /// <summary>x times the transposed weight, [.., outputs] float32: both rounded to a type, summed in float32, and the sums rounded to it.</summary>
    /// <param name="x">[.., inputs] float32.</param>
    /// <param name="weight">[outputs, inputs], float32 or bfloat16, which is widened as it is used.</param>
    /// <param name="type">Float32, or bfloat16 where the weight is, too.</param>
    public static Tensor Linear(Tensor x, Tensor weight, ScalarType type)
    {
        if (type == ScalarType.Float32)
            return Linear(x, weight);
        using var scope = NewDisposeScope();
        return Linear(x.to(type).to(ScalarType.Float32), weight).to(type).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private static Tensor Linear(Tensor x, Tensor weight)
    {
        if (TiledLinear.Serves(x, weight))
            return TiledLinear.Linear(x, weight);
        using var scope = NewDisposeScope();
        weight = weight.to(ScalarType.Float32);
        long outputs = weight.shape[0], inputs = weight.shape[1];
        var y = ConvolutionIsFaster && inputs <= MostConvolvedInputs && x.numel() >= LeastConvolvedTokens * inputs ? Convolution(x, weight)
            : inputs >= LeastInputs && outputs >= LeastOutputs ? WeightFirst(x, weight)
            : nn.functional.linear(x, weight);
        return y.MoveToOuterDisposeScope();
    }

    // A linear layer is a convolution of one point. MKL computes it at half of the speed that AMD's 256-bit vectors have, oneDNN at two thirds.
    private static Tensor Convolution(Tensor x, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var points = x.reshape(1, 1, -1, weight.shape[1]).permute(0, 3, 1, 2); // [1, inputs, 1, tokens], channels last in memory
        var y = nn.functional.conv2d(points, weight.view(weight.shape[0], -1, 1, 1)).permute(0, 2, 3, 1); // [1, 1, tokens, outputs]
        return y.reshape([.. x.shape[..^1], weight.shape[0]]).MoveToOuterDisposeScope();
    }

    // MKL takes a tenth less time for weight * x' than for x * weight', whose result it is but for the order.
    private static Tensor WeightFirst(Tensor x, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var y = mm(weight, x.reshape(-1, weight.shape[1]).t()).t().contiguous();
        return y.view([.. x.shape[..^1], weight.shape[0]]).MoveToOuterDisposeScope();
    }
}
