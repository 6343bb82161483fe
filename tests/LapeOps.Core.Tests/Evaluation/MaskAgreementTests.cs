using System.Numerics;
using LapeOps.Evaluation;
using LapeOps.Masks;

namespace LapeOps.Core.Tests.Evaluation;

public class MaskAgreementTests
{
    [Fact]
    public void Languages_that_both_have_are_compared_whatever_their_order_and_all_are_crossed()
    {
        var a = new NeuronMask(2, 10, ["zh", "en"], [[[1, 2, 3], [0]], [[4], []]]);
        var b = new NeuronMask(2, null, ["fr", "zh"], [[[4, 5], []], [[2, 3], [0, 9]]]);
        var agreement = MaskAgreement.Between(a, b);
        Assert.Equal(["zh", "any"], agreement.Languages.Select(l => l.Language));
        Assert.Equal((4, 4, 3, 0.6), (agreement.Languages[0].SizeA, agreement.Languages[0].SizeB, agreement.Languages[0].Overlap, agreement.Languages[0].Jaccard));
        Assert.Equal((5, 6, 4), (agreement.Languages[1].SizeA, agreement.Languages[1].SizeB, agreement.Languages[1].Overlap));
        Assert.Equal([[0, 3], [1, 0]], agreement.Overlaps.Select(row => row.ToArray()));
        Assert.Null(agreement.RankCorrelation);
    }

    [Theory]
    [InlineData(20, 6, 9)]
    [InlineData(60, 50, 45)]
    [InlineData(300, 100, 150)]
    public void Chance_is_that_of_counting_in_whole_numbers_on_both_sides_of_the_mode(int width, int sizeA, int sizeB)
    {
        BigInteger Choose(int n, int k) => Enumerable.Range(0, k).Aggregate(BigInteger.One, (c, i) => c * (n - i) / (i + 1));
        for (var overlap = Math.Max(0, sizeA + sizeB - width); overlap <= Math.Min(sizeA, sizeB); overlap++)
        {
            var agreement = MaskAgreement.Between(Mask([.. Enumerable.Range(0, sizeA)]), Mask([.. Enumerable.Range(sizeA - overlap, sizeB)])).Languages[0];
            var ways = Enumerable.Range(overlap, Math.Min(sizeA, sizeB) - overlap + 1).Aggregate(BigInteger.Zero, (s, x) => s + (Choose(sizeA, x) * Choose(width - sizeA, sizeB - x)));
            Assert.Equal(overlap, agreement.Overlap);
            Assert.Equal(BigInteger.Log10(ways) - BigInteger.Log10(Choose(width, sizeB)), agreement.Log10P, 1e-9);
        }

        NeuronMask Mask(int[] neurons) => new(1, width, ["x"], [[neurons]]);
    }

    [Fact]
    public void Only_neurons_that_both_scored_are_ranked()
    {
        var mask = new NeuronMask(1, 9, ["x"], [[[0, 1, 2, 3]]]);
        var a = new Dictionary<(int, int), double> { [(0, 0)] = 1, [(0, 1)] = 2, [(0, 2)] = 3, [(0, 3)] = -5 };
        var b = new Dictionary<(int, int), double> { [(0, 0)] = 10, [(0, 1)] = 30, [(0, 2)] = 20, [(0, 8)] = 0 };
        Assert.Equal(0.5, MaskAgreement.Between(mask, mask, a, b).RankCorrelation!.Value, 12);
        Assert.Null(MaskAgreement.Between(mask, mask, a, new Dictionary<(int, int), double>()).RankCorrelation);
    }

    [Fact]
    public void Masks_of_other_shapes_and_of_no_known_width_are_refused()
    {
        var mask = new NeuronMask(2, 10, ["x"], [[[1], [9]]]);
        foreach (var other in new NeuronMask[] { new(3, 10, ["x"], [[[], [], []]]), new(2, 12, ["x"], [[[], []]]), new(2, null, ["x"], [[[10], []]]) })
            foreach (var compare in new[] { () => MaskAgreement.Between(mask, other), () => MaskAgreement.Between(other, mask) })
                Assert.Equal("MaskShapeMismatch", Assert.Throws<LapeException>(compare).ErrorId);
        var unknown = new NeuronMask(2, null, ["x"], [[[1], []]]);
        Assert.Equal("MaskShapeUnknown", Assert.Throws<LapeException>(() => MaskAgreement.Between(unknown, unknown)).ErrorId);
        Assert.Equal((1, 0.1), MaskAgreement.Between(mask, unknown).Languages[0] is var half ? (half.Overlap, half.ExpectedOverlap) : default);
        Assert.Equal(0.05, MaskAgreement.Between(unknown, unknown, width: 10).Languages[0].ExpectedOverlap, 12);
    }
}
