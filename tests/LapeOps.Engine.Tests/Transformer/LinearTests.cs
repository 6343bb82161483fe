using LapeOps.Architectures;
using LapeOps.Native;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Engine.Tests.Transformer;

/// <summary>Linear layers against torch's own in float64, in the shapes that tiles leave remainders of.</summary>
public sealed class LinearTests
{
    public static TheoryData<int, int, int, ScalarType> Products
    {
        get
        {
            var products = new TheoryData<int, int, int, ScalarType>();
            foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
                foreach (var (outputs, inputs) in new[] { (4, 16), (67, 32), (131, 1040), (1003, 2064), (40, 4112), (3, 64), (70, 20), (1000, 8) })
                    foreach (var tokens in new[] { 1, 2, 3, 4, 5, 12, 13, 16, 24, 32, 33, 250, 259 })
                        products.Add(tokens, outputs, inputs, type);
            return products;
        }
    }

    [Theory, MemberData(nameof(Products))]
    public void A_product_is_that_of_float64(int tokens, int outputs, int inputs, ScalarType stored)
    {
        NativeRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var weights = new HeadOnly(outputs, inputs, stored);
        using var transformer = new Transformers.Transformer(HeadOnly.Shape(outputs, inputs), weights, CPU, ScalarType.Float32);
        var hidden = randn(tokens, inputs, generator: new Generator(2));

        var logits = transformer.Logits(hidden);

        var expected = hidden.to(ScalarType.Float64).matmul(weights.Head.to(ScalarType.Float64).t());
        Assert.Equal([tokens, outputs], logits.shape);
        Assert.InRange((logits.to(ScalarType.Float64) - expected).abs().max().item<double>(), 0, 1e-5);
    }

    // Logits from near each other to hundreds apart, in numbers that vectors leave remainders of.
    [Theory]
    [InlineData(0.1, 1003)]
    [InlineData(5, 1003)]
    [InlineData(100, 37)]
    public void The_likelihood_of_a_token_is_that_of_float64(double spread, int vocabulary)
    {
        const int rows = 2, tokens = 9, inputs = 64;
        NativeRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var weights = new HeadOnly(vocabulary, inputs, ScalarType.Float32);
        using var transformer = new Transformers.Transformer(HeadOnly.Shape(vocabulary, inputs), weights, CPU, ScalarType.Float32);
        var hidden = randn(rows, tokens, inputs, generator: new Generator(2)) * spread;
        var targets = randint(0, vocabulary, [rows, tokens], ScalarType.Int64, generator: new Generator(3));

        var nll = transformer.NegativeLogLikelihood(hidden, targets);

        var logits = hidden.to(ScalarType.Float64).matmul(weights.Head.to(ScalarType.Float64).t());
        var expected = -logits.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1);
        Assert.InRange(((nll.to(ScalarType.Float64) - expected).abs() / (1 + logits.abs().amax([-1]))).max().item<double>(), 0, 1e-6);
    }

    private sealed class HeadOnly : IWeightSource
    {
        public HeadOnly(int outputs, int inputs, ScalarType stored) =>
            Head = randn(outputs, inputs, generator: new Generator(1)).div(Math.Sqrt(inputs)).to(stored).DetachFromDisposeScope();

        public Tensor Embedding => Head;

        public Tensor FinalNorm => throw new NotSupportedException();

        public Tensor Head { get; }

        public static TransformerShape Shape(int vocabulary, int hidden) => new()
        {
            Vocabulary = vocabulary,
            Layers = 1,
            Hidden = hidden,
            Width = hidden,
            Heads = 1,
            KeyValueHeads = 1,
            HeadWidth = hidden,
            Activation = ActivationFunction.Silu,
            NormEpsilon = 1e-5,
            Rope = new Rope(10000),
            TiedHead = true,
            ContextLimit = 16,
        };

        public BlockWeights Block(int layer) => throw new NotSupportedException();

        public void Dispose() => Head.Dispose();
    }
}
