using LapeOps.Corpora;
using LapeOps.Engine.Tests.Support;
using LapeOps.Profiling;
using LapeOps.Statistics;

namespace LapeOps.Engine.Tests.Profiling;

/// <summary>Statistics against a count in double precision, row by row, position by position.</summary>
public sealed class StatisticsTests
{
    private const double Tolerance = 1e-6;
    private static readonly TinyModel Tiny = new() { Layers = 2 };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(0, 4)]
    [InlineData(2, 16)]
    public void Every_sum_is_that_of_a_plain_computation(int rowStart, int rowsPerGroup)
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var plan = new RowPlan(12, [.. Enumerable.Repeat(ByteTokenizer.RowStart, rowStart)], HoldOut: 2, RowsPerGroup: rowsPerGroup);
        var rows = TokenRows.FromIds("x", "", Values.Ids(12 * 13, seed: 6), plan);
        var measured = ActivationProfiler.Measure(model, ProfilePlan.Of(model, plan, [rows], new(), sums: true))["x"];
        var expected = Counted.Of(rows);

        Assert.True(measured.Complete);
        Assert.Equal(rows.Rows.CountedRows * (12L - rowStart), measured.Tokens);
        Assert.Equal(expected.OverZero, measured.OverZero.ToArray());
        Assert.Equal(expected.Blocks.SelectMany(b => b), measured.Blocks.ToArray().Select(b => (long)b));
        var sums = measured.Sums!;
        Assert.InRange(Values.Off(expected.Activation, sums.Activation.ToArray()), 0, Tolerance);
        Assert.InRange(Values.Off(expected.Square, sums.ActivationSquare.ToArray()), 0, Tolerance);
        Assert.InRange(Values.Off(expected.Product, sums.Product.ToArray()), 0, Tolerance);
        Assert.InRange(Values.Off(expected.Residual, sums.Residual.ToArray()), 0, Tolerance);
        Assert.InRange(Values.Off(expected.Norm, sums.ResidualNorm.ToArray()), 0, Tolerance);
    }

    [Fact]
    public void Rows_longer_than_what_is_summed_in_float32_at_once_count_whole()
    {
        using var folder = new TempFolder();
        var tiny = Tiny with { Layers = 1, Context = 2048 };
        using var model = tiny.Open(folder);
        var ids = Values.Ids(2200, seed: 6);
        var plan = new RowPlan(1100, [], HoldOut: 0);
        var measured = ActivationProfiler.Measure(model, ProfilePlan.Of(model, plan, [TokenRows.FromIds("x", "", ids, plan)], new(), sums: true))["x"];
        // What enters the first block are the rows of the embedding.
        var embedding = tiny.Weights()["model.embed_tokens.weight"].Values;
        var expected = Enumerable.Range(0, tiny.Hidden).Select(i => ids.Sum(id => (double)embedding[(id * tiny.Hidden) + i]));
        Assert.Equal(2200, measured.Tokens);
        Assert.InRange(Values.Off(expected, measured.Sums!.Residual.ToArray()), 0, Tolerance);
    }

    [Fact]
    public void Without_sums_the_counts_are_the_same_and_the_sums_are_not_there()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var plan = new RowPlan(12, [], HoldOut: 0, RowsPerGroup: 2);
        var rows = TokenRows.FromIds("x", "", Values.Ids(100, seed: 6), plan);
        var with = ActivationProfiler.Measure(model, ProfilePlan.Of(model, plan, [rows], new(), sums: true))["x"];
        var without = ActivationProfiler.Measure(model, ProfilePlan.Of(model, plan, [rows], new(), sums: false))["x"];
        Assert.Null(without.Sums);
        Assert.Equal(with.OverZero.ToArray(), without.OverZero.ToArray());
        Assert.Equal(with.Blocks.ToArray(), without.Blocks.ToArray());
    }

    [Fact]
    public void Another_language_changes_nothing_of_the_first()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var plan = new RowPlan(12, [], HoldOut: 0, RowsPerGroup: 2);
        TokenRows a = TokenRows.FromIds("a", "", Values.Ids(100, seed: 1), plan), b = TokenRows.FromIds("b", "", Values.Ids(40, seed: 2), plan);
        var alone = ActivationProfiler.Measure(model, ProfilePlan.Of(model, plan, [a], new(), sums: true));
        var both = ActivationProfiler.Measure(model, ProfilePlan.Of(model, plan, [b, a], new(), sums: true));
        Assert.Equal(["b", "a"], both.Languages);
        Assert.Equal(alone["a"].OverZero.ToArray(), both["a"].OverZero.ToArray());
        Assert.Equal(alone["a"].Sums!.Product.ToArray(), both["a"].Sums!.Product.ToArray());
    }

    private sealed record Counted(long[] OverZero, long[][] Blocks, double[] Activation, double[] Square, double[] Product, double[] Residual, double[] Norm)
    {
        public static Counted Of(TokenRows rows)
        {
            int neurons = Tiny.Layers * Tiny.Width, blocks = LanguageActivation.BlockCount(rows.Rows.Groups);
            var counted = new Counted(new long[neurons], [.. Enumerable.Range(0, blocks).Select(_ => new long[neurons])],
                new double[neurons], new double[neurons], new double[neurons], new double[Tiny.Layers * Tiny.Hidden], new double[Tiny.Layers]);
            var plain = new PlainLlama(Tiny, Tiny.Weights());
            var ids = new long[rows.Plan.Context];
            for (var row = 0; row < rows.Rows.CountedRows; row++)
            {
                rows.Fill(ids, row, 1);
                plain.Forward(Array.ConvertAll(ids, id => (int)id));
                var block = counted.Blocks[LanguageActivation.BlockOf(row / rows.Plan.RowsPerGroup, rows.Rows.Groups)];
                for (var layer = 0; layer < Tiny.Layers; layer++)
                    for (var token = rows.Plan.RowStart.Count; token < ids.Length; token++)
                        counted.Add(block, plain, layer, token);
            }
            return counted;
        }

        private void Add(long[] block, PlainLlama plain, int layer, int token)
        {
            for (var neuron = 0; neuron < Tiny.Width; neuron++)
            {
                var (at, a) = ((layer * Tiny.Width) + neuron, plain.Activations[layer][token][neuron]);
                OverZero[at] += a > 0 ? 1 : 0;
                block[at] += a > 0 ? 1 : 0;
                Activation[at] += a;
                Square[at] += a * a;
                Product[at] += plain.Products[layer][token][neuron];
            }
            var residual = plain.Residuals[layer][token];
            for (var i = 0; i < Tiny.Hidden; i++)
                Residual[(layer * Tiny.Hidden) + i] += residual[i];
            Norm[layer] += Math.Sqrt(residual.Sum(v => v * v));
        }
    }
}
