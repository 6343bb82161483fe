using LapeOps.Architectures;
using LapeOps.Native;
using LapeOps.Profiling;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Engine.Tests.Profiling;

/// <summary>What the estimate of time is made of.</summary>
public sealed class ProfileOperationsTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(50)]
    public void Operations_are_those_of_weights_and_of_pairs_within_the_window(int tokens)
    {
        // 2 layers of 24 * (2 * 4 * (6 + 2) + 3 * 40) weights, without the last 40 * 24.
        double weights = (2 * 24 * ((2 * 4 * (6 + 2)) + (3 * 40))) - (40 * 24);
        var pairs = Enumerable.Range(1, tokens).Sum(t => t + Math.Min(t, 7));
        Assert.Equal((2 * weights * tokens) + (4.0 * 4 * 6 * pairs), ProfileOperations.OfRow(Shape, tokens));
    }

    [Fact]
    public void Random_weights_of_every_family_keep_activations_finite_and_of_the_shape()
    {
        NativeRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        foreach (var family in Family.All)
        {
            using var weights = new RandomWeights(Shape, family.Names, ScalarType.Float32, CPU);
            using var transformer = new Transformers.Transformer(Shape, weights, CPU, ScalarType.Float32);
            var hidden = transformer.Hidden(zeros([2, 9], ScalarType.Int64), Attending.WholeRows(Shape, 9, CPU), FeedForwardTap.None);
            Assert.Equal([2L, 9, 24], hidden.shape);
            Assert.True(hidden.isfinite().all().item<bool>());
        }
    }

    private static TransformerShape Shape { get; } = new()
    {
        Vocabulary = 1,
        Layers = 2,
        Hidden = 24,
        Width = 40,
        Heads = 6,
        KeyValueHeads = 2,
        HeadWidth = 4,
        Activation = ActivationFunction.Silu,
        NormEpsilon = 1e-5,
        Rope = new Rope(10000),
        Window = 7,
        Sliding = [true, false],
        TiedHead = true,
        ContextLimit = 64,
    };
}
