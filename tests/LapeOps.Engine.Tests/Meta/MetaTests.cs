using LapeOps.Architectures;
using LapeOps.Corpora;
using LapeOps.Engine.Tests.Support;
using LapeOps.Interventions;
using LapeOps.Native;
using LapeOps.Profiling;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps.Engine.Tests.Meta;

/// <summary>
/// On torch's meta device there are shapes and no values: reading one back throws. What runs there reads nothing back, and makes
/// nothing on another device.
/// </summary>
public sealed class MetaTests
{
    public static TheoryData<string> Families => [.. Family.All.Select(family => family.ModelType)];

    [Fact]
    public void Reading_back_throws_there()
    {
        NativeRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        var values = torch.zeros([2, 3], device: torch.META);
        Assert.ThrowsAny<Exception>(() => values.sum().item<float>());
        Assert.ThrowsAny<Exception>(() => values.cpu());
        Assert.ThrowsAny<Exception>(() => values.nonzero());
    }

    [Theory, MemberData(nameof(Families))]
    public void A_whole_profiling_step_runs_there(string family)
    {
        using var folder = new TempFolder();
        using var model = LanguageModel.Open(Checkpoint(family, folder), "meta");
        using var scope = torch.NewDisposeScope();
        var plan = new RowPlan(16, [1], HoldOut: 0, RowsPerGroup: 2);
        var rows = TokenRows.FromIds("x", "", Values.Ids(60, seed: 1), plan);
        var identity = ProfilePlan.Of(model, plan, [rows], new(), sums: true).Identity;
        using var tap = new CountingTap(model.Shape.Layers, model.Shape.Width, model.Shape.Hidden, rowStart: 1, sums: true, model.Device);
        using var totals = new GroupAccumulator(identity, "x", rows.Rows, null, model.Device);
        for (var group = 0; group < rows.Rows.Groups; group++)
        {
            model.Transformer.Observe(Values.Tensor([new int[16], new int[16]]).to(model.Device), Attending.WholeRows(model.Shape, 16, model.Device), tap);
            totals.Add(tap, 30);
        }
        Assert.Equal((2, 60), (totals.GroupsCounted, totals.Tokens));
        Assert.Equal(DeviceType.META, tap.OverZero.device_type);
    }

    [Theory, MemberData(nameof(Families))]
    public void A_masked_forward_pass_runs_there(string family)
    {
        using var folder = new TempFolder();
        using var model = LanguageModel.Open(Checkpoint(family, folder), "meta");
        using var scope = torch.NewDisposeScope();
        var view = new ModelView(model, Intervention.Zero(model.Shape.Layers, model.Shape.Width, [(0, 0), (model.Shape.Layers - 1, 5)]), "two");
        var logits = view.Logits(Values.Tensor([new int[16], new int[16]]).to(model.Device));
        Assert.Equal([2, 16, model.Shape.Vocabulary], logits.shape);
        Assert.Equal(DeviceType.META, logits.device_type);
    }

    [Theory, MemberData(nameof(Families))]
    public void Decoding_with_a_cache_and_padding_runs_there(string family)
    {
        using var folder = new TempFolder();
        using var model = LanguageModel.Open(Checkpoint(family, folder), "meta");
        using var scope = torch.NewDisposeScope();
        foreach (var padding in new[] { null, torch.zeros([2], torch.ScalarType.Int64, model.Device) })
        {
            using var cache = new KvCache(model.Shape, 2, 12, model.Device, torch.ScalarType.Float32);
            foreach (var tokens in new[] { 8, 3, 1 })
            {
                var ids = torch.zeros([2, tokens], torch.ScalarType.Int64, model.Device);
                var hidden = model.Transformer.Hidden(ids, Attending.Next(cache, tokens, padding, model.Device), FeedForwardTap.None);
                var logits = model.Transformer.Logits(hidden.select(1, tokens - 1));
                Assert.Equal([2, model.Shape.Vocabulary], logits.shape);
            }
            Assert.Equal(12, cache.Length);
        }
    }

    private static string Checkpoint(string family, TempFolder folder) => new TinyModel { Family = family }.Write(folder["m"]);
}
