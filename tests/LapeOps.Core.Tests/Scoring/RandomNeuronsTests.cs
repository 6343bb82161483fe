using LapeOps.Masks;
using LapeOps.Scoring;

namespace LapeOps.Core.Tests.Scoring;

public class RandomNeuronsTests
{
    [Fact]
    public void A_seed_means_the_same_for_ever()
    {
        var like = new NeuronMask(2, 1000, ["en", "zh"], [[[1, 2, 3], [4]], [[], [5, 6]]]);
        var drawn = RandomNeurons.Draw(like, like, 1000, 42);
        Assert.Equal("163 282 742 | 346 |  | 40 868", string.Join(" | ", like.Languages.SelectMany(l => Enumerable.Range(0, 2).Select(i => string.Join(' ', drawn.Neurons(l, i).ToArray())))));
    }

    [Fact]
    public void All_that_is_free_can_be_drawn_and_not_one_more()
    {
        var excluded = new NeuronMask(1, 4, ["selected"], [[[0, 2]]]);
        var two = new NeuronMask(1, null, ["en"], [[[0, 1]]]);
        Assert.Equal([1, 3], RandomNeurons.Draw(two, excluded, 4, 7).Neurons("en", 0).ToArray());
        var three = new NeuronMask(1, null, ["en"], [[[0, 1, 2]]]);
        var error = Assert.Throws<LapeException>(() => RandomNeurons.Draw(three, excluded, 4, 7));
        Assert.Equal("RandomNeuronsDoNotFit", error.ErrorId);
        Assert.Contains("Layer 0 ", error.Message);
    }

    [Fact]
    public void Masks_of_other_shapes_are_refused() =>
        Assert.Equal("MaskShapeMismatch", Assert.Throws<LapeException>(() => RandomNeurons.Draw(new(1, null, ["en"], [[[0]]]), new(2, null, ["en"], [[[0], []]]), 4, 7)).ErrorId);
}
