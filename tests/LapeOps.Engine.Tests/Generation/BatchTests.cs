using LapeOps.Engine.Tests.Support;
using LapeOps.Generation;
using LapeOps.Interventions;
using LapeOps.Statistics;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps.Engine.Tests.Generation;

public sealed class BatchTests
{
    private static readonly TinyModel Tiny = new();
    private static readonly GenerationOptions Greedy = new() { MaxTokens = 12, StopAtEnd = false };

    [Fact]
    public void Unequal_prompts_of_two_masks_and_none_interleaved_answer_as_each_does_alone()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var plain = new ModelView(model);
        var zero = new ModelView(model, Intervention.Zero(Tiny.Layers, Tiny.Width, Neurons(seed: 1)), "zero");
        var constant = new ModelView(model, Intervention.Of(Tiny.Layers, Tiny.Width, [Constant(Neurons(seed: 2), 0.5)], null), "constant");
        var shift = new ModelView(model, Shift(), "shift");
        ModelView[] views = [zero, plain, constant, zero, shift, constant, plain, zero, shift];
        int[] lengths = [5, 9, 2, 9, 4, 7, 1, 3, 9];
        var requests = views.Select((view, i) => new GenerationRequest(view, $"p{i}", Values.Ids(lengths[i], seed: i), i)).ToArray();

        var together = Generator.Answer(requests, Greedy);
        // In turns, so that a cache or an edit that outlived its run would show.
        var alone = requests.Select(r => Generator.Answer([r], Greedy)[0]).ToArray();

        Assert.Equal(requests.Select(r => r.Prompt), together.Select(c => c.Prompt));
        Assert.Equal(lengths, together.Select(c => c.PromptTokens));
        Assert.Equal(views.Select(v => v.Name), together.Select(c => c.Mask));
        for (var i = 0; i < requests.Length; i++)
        {
            Assert.Equal(alone[i].TokenIds, together[i].TokenIds);
            Assert.Equal(alone[i].Proof?.ValuesChanged, together[i].Proof?.ValuesChanged);
            Assert.Equal(alone[i].Proof?.KlDivergence ?? 0, together[i].Proof?.KlDivergence ?? 0, 1e-5);
        }
    }

    [Fact]
    public void Equal_prompts_need_no_padding_and_answer_as_each_does_alone()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var view = new ModelView(model);
        var requests = Enumerable.Range(0, 3).Select(i => new GenerationRequest(view, "", Values.Ids(6, seed: i), i)).ToArray();
        Assert.Equal(requests.Select(r => view.Answer([.. r.Ids], Greedy).TokenIds), Generator.Answer(requests, Greedy).Select(c => c.TokenIds));
    }

    // ReLU leaves many activations at zero already, and what is zero is not changed by a mask of zeros.
    [Theory]
    [InlineData("silu")]
    [InlineData("relu")]
    public void The_proof_of_action_counts_what_the_mask_changed(string activation)
    {
        using var folder = new TempFolder();
        var tiny = Tiny with { Activation = activation };
        using var model = tiny.Open(folder);
        var neurons = Neurons(seed: 4);
        var view = new ModelView(model, Intervention.Zero(tiny.Layers, tiny.Width, neurons), "mask");
        int[] prompt = Values.Ids(6, seed: 8), longer = Values.Ids(10, seed: 9);
        var answers = Generator.Answer([new(view, "", prompt, 0), new(view, "", longer, 1)], Greedy);
        foreach (var (ids, answer) in new[] { (prompt, answers[0]), (longer, answers[1]) })
        {
            using var scope = torch.NewDisposeScope();
            // The last id was chosen and never fed back.
            int[] fed = [.. ids, .. answer.TokenIds.SkipLast(1)];
            var tap = new ZeroingTap(neurons);
            model.Transformer.Hidden(Values.Tensor(fed), Attending.WholeRows(model.Shape, fed.Length, model.Device), tap);
            Assert.Equal((neurons.Length, tap.Changed), (answer.Proof!.Neurons, answer.Proof.ValuesChanged));
            Assert.InRange(tap.Changed, 1, activation == "silu" ? neurons.Length * fed.Length : (neurons.Length * fed.Length) - 1);
        }
    }

    [Fact]
    public void The_divergence_is_that_of_the_last_prompt_position()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        var neurons = Neurons(seed: 4);
        var ids = Values.Ids(6, seed: 8);
        var plain = new PlainLlama(Tiny, Tiny.Weights());
        var p = PlainLlama.Softmax(plain.Forward(ids)[^1]);
        var q = PlainLlama.Softmax(plain.Forward(ids, (layer, neuron, a) => neurons.Contains((layer, neuron)) ? 0 : a)[^1]);
        var expected = p.Zip(q, (x, y) => x * Math.Log(x / y)).Sum();
        var answer = new ModelView(model, Intervention.Zero(Tiny.Layers, Tiny.Width, neurons), "mask").Answer(ids, Greedy);
        Assert.Equal(expected, answer.Proof!.KlDivergence!.Value, 1e-4);
        Assert.Null(new ModelView(model).Answer(ids, Greedy).Proof);
    }

    // Some direction of the residual stream: what a measured one would be does not matter here.
    private static Intervention Shift()
    {
        var identity = StatisticsIdentity.OfCounts("tiny", Tiny.Layers, Tiny.Width) with { Hidden = Tiny.Hidden };
        var statistics = new ActivationStatistics(identity, [Language("a", new Random(1)), Language("b", new Random(2))]);
        return Intervention.ResidualShift(Tiny.Layers, Tiny.Width, new(statistics), "a", "b", layer: 1, alpha: 2);

        static LanguageActivation Language(string name, Random random)
        {
            var size = Tiny.Layers * Tiny.Width;
            double[] residual = [.. Enumerable.Range(0, Tiny.Layers * Tiny.Hidden).Select(_ => random.NextDouble())];
            return new(name, new LanguageRows("", 1, 0, 1, 0, 1), 1, 1, new long[size], new uint[size],
                new ActivationSums(new double[size], new double[size], new double[size], residual, new double[] { 1, 3, 2 }));
        }
    }

    private static NeuronEdit Constant((int Layer, int Neuron)[] neurons, double value) =>
        new([.. neurons.Select(n => new EditedNeuron(n.Layer, n.Neuron, []))], InterventionMode.Constant, value);

    private static (int Layer, int Neuron)[] Neurons(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 20).Select(_ => (random.Next(Tiny.Layers), random.Next(Tiny.Width))).Distinct()];
    }

    // Counts and zeroes on the host, value by value.
    private sealed class ZeroingTap((int Layer, int Neuron)[] neurons) : FeedForwardTap
    {
        public long Changed { get; private set; }

        public override void Activation(int layer, torch.Tensor activation)
        {
            foreach (var neuron in neurons.Where(n => n.Layer == layer).Select(n => n.Neuron))
            {
                Changed += activation.select(2, neuron).clone().data<float>().Count(a => a != 0);
                activation.select(2, neuron).zero_();
            }
        }
    }
}
