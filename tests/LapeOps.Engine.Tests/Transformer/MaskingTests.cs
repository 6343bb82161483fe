using LapeOps.Engine.Tests.Support;
using LapeOps.Interventions;

namespace LapeOps.Engine.Tests.Transformer;

public sealed class MaskingTests
{
    private static readonly TinyModel Tiny = new();
    private static readonly int[] Ids = Values.Ids(24, seed: 7);
    private static readonly (int Layer, int Neuron)[] Neurons = [(0, 3), (0, 40), (1, 0), (2, 17), (2, 47)];

    [Fact]
    public void Masking_equals_zeroing_columns_of_the_down_projection()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var surgery = Tiny.Weights();
        foreach (var (layer, neuron) in Neurons)
            for (var row = 0; row < Tiny.Hidden; row++)
                surgery[$"model.layers.{layer}.mlp.down_proj.weight"].Values[(row * Tiny.Width) + neuron] = 0;
        CheckpointWriter.Write(folder["surgery"], Tiny.Config(), surgery);
        using var baked = LanguageModel.Open(folder["surgery"], "cpu");
        var masked = new ModelView(model, Intervention.Zero(Tiny.Layers, Tiny.Width, Neurons), "five");
        Assert.Equal(new ModelView(baked).LogitsOf(Ids), masked.LogitsOf(Ids));
        Assert.NotEqual(new ModelView(model).LogitsOf(Ids), masked.LogitsOf(Ids));
    }

    [Fact]
    public void Constant_replace_and_add_are_what_their_names_say()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var means = new Random(3) is var random ? Enumerable.Range(0, Tiny.Layers * Tiny.Width).Select(_ => random.NextDouble() - 0.5).ToArray() : [];
        Check(Intervention.Constant(Tiny.Layers, Tiny.Width, Neurons, -1), (_, _, _) => -1);
        Check(Intervention.Replace(Tiny.Layers, Tiny.Width, Neurons, means), (layer, neuron, _) => means[(layer * Tiny.Width) + neuron]);
        Check(Intervention.Add(Tiny.Layers, Tiny.Width, Neurons, means, 1.5), (layer, neuron, a) => a + (1.5 * means[(layer * Tiny.Width) + neuron]));

        void Check(Intervention intervention, Func<int, int, double, double> edit)
        {
            var expected = new PlainLlama(Tiny, Tiny.Weights()).Forward(Ids, (layer, neuron, a) => Neurons.Contains((layer, neuron)) ? edit(layer, neuron, a) : a);
            Assert.InRange(Values.Off(expected, new ModelView(model, intervention, "edit").LogitsOf(Ids)), 0, 1e-5);
        }
    }

    [Fact]
    public void A_neuron_that_is_switched_off_and_driven_is_driven()
    {
        var off = Intervention.Zero(2, 4, [(0, 1), (0, 2)]);
        var both = off.Then(Intervention.Constant(2, 4, [(0, 2), (1, 3)], 5));
        Assert.Equal([1, 2], both.Layer(0).Neurons);
        Assert.Equal([0f, 5f], both.Layer(0).Shift);
        Assert.Equal([2, 1], both.NeuronsPerLayer);
        Assert.Equal([2, 0], off.NeuronsPerLayer);
    }

    [Fact]
    public void A_view_of_another_shape_without_neurons_or_out_of_range_is_refused()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var mismatch = Assert.Throws<LapeException>(() => new ModelView(model, Intervention.Zero(2, 48, [(0, 1)]), "foreign"));
        Assert.Equal("ModelMismatch", mismatch.ErrorId);
        Assert.Contains("'foreign'", mismatch.Message, StringComparison.Ordinal);
        Assert.Contains($"'{model.Name}'", mismatch.Message, StringComparison.Ordinal);
        Assert.Equal("MaskEmpty", Assert.Throws<LapeException>(() => new ModelView(model, Intervention.Zero(3, 48, []), "empty")).ErrorId);
        Assert.Equal("NeuronOutOfRange", Assert.Throws<LapeException>(() => Intervention.Zero(3, 48, [(0, 48)])).ErrorId);
    }
}
