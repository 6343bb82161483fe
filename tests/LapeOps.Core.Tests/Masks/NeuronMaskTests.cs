using LapeOps.Masks;

namespace LapeOps.Core.Tests.Masks;

public class NeuronMaskTests
{
    private static readonly NeuronMask _mask = new(2, null, ["en", "zh"], [[[0, 5], []], [[5], [7]]]);

    [Fact]
    public void Counts_and_unions_are_over_layers_and_languages()
    {
        Assert.Equal((2, 2, 3), (_mask.Count("en"), _mask.Count("zh"), _mask.DistinctCount));
        Assert.Equal([0, 5], _mask.Union(0));
        var selected = _mask.Select(["zh"]);
        Assert.Equal(["zh"], selected.Languages);
        Assert.Equal(2, selected.DistinctCount);
    }

    [Fact]
    public void An_unknown_language_is_refused_with_the_known_ones()
    {
        var error = Assert.Throws<LapeException>(() => _mask.Select(["de"]));
        Assert.Equal("LanguageUnknown", error.ErrorId);
        Assert.Contains("en, zh", error.Message);
    }

    [Fact]
    public void A_mask_takes_the_width_of_a_model_that_it_fits()
    {
        Assert.Equal(8, _mask.ForModel(2, 8).Width);
        foreach (var (layers, width) in new[] { (3, 8), (2, 7) })
        {
            var error = Assert.Throws<LapeException>(() => _mask.ForModel(layers, width));
            Assert.Equal("MaskShapeMismatch", error.ErrorId);
            Assert.Contains($"of {layers} x {width}", error.Message);
        }
        Assert.Throws<LapeException>(() => _mask.ForModel(2, 8).ForModel(2, 9));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("en;zh")]
    [InlineData("en\n")]
    public void Names_that_could_not_be_written_are_refused(string name) =>
        Assert.Equal("MaskInvalid", Assert.Throws<LapeException>(() => new NeuronMask(1, 1, [name], [[[0]]])).ErrorId);

    [Fact]
    public void Parts_that_contradict_each_other_are_refused()
    {
        Assert.Throws<LapeException>(() => new NeuronMask(0, 1, ["en"], [[]]));
        Assert.Throws<LapeException>(() => new NeuronMask(1, 0, ["en"], [[[]]]));
        Assert.Throws<LapeException>(() => new NeuronMask(1, 1, [], []));
        Assert.Throws<LapeException>(() => new NeuronMask(1, 1, ["en"], []));
        Assert.Throws<LapeException>(() => new NeuronMask(2, 1, ["en"], [[[0]]]));
        Assert.Throws<LapeException>(() => new NeuronMask(1, 1, ["en", "en"], [[[]], [[]]]));
    }
}
