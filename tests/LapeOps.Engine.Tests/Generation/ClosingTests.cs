using LapeOps.Corpora;
using LapeOps.Engine.Tests.Support;
using LapeOps.Generation;
using LapeOps.Interventions;
using LapeOps.Profiling;

namespace LapeOps.Engine.Tests.Generation;

public sealed class ClosingTests
{
    [Fact]
    public void A_closed_model_and_every_view_of_it_fail_with_one_error()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        var model = tiny.Open(folder);
        var masked = new ModelView(model, Intervention.Zero(tiny.Layers, tiny.Width, [(0, 0)]), "mask");
        masked.LogitsOf([1, 2, 3]);
        model.Dispose();
        model.Dispose();
        Assert.True(model.Closed);
        foreach (var view in new[] { masked, new ModelView(model) })
        {
            AssertClosed(() => view.LogitsOf([1, 2, 3]));
            AssertClosed(() => view.Answer([1, 2, 3], new GenerationOptions { MaxTokens = 2 }));
        }

        void AssertClosed(Action use)
        {
            var refused = Assert.Throws<LapeException>(use);
            Assert.Equal("ModelClosed", refused.ErrorId);
            Assert.Contains($"'{model.Name}'", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Closing_while_it_computes_waits_for_the_end()
    {
        using var folder = new TempFolder();
        var model = new TinyModel().Open(folder);
        var plan = new RowPlan(16, [], HoldOut: 0);
        var rows = TokenRows.FromIds("x", "", Values.Ids(160, seed: 1), plan);
        var profile = ProfilePlan.Of(model, plan, [rows], new(), sums: true);
        var expected = ActivationProfiler.Measure(model, profile)["x"].OverZero.ToArray();
        var measured = ActivationProfiler.Measure(model, profile, progress: new Told<ProfileProgress>(_ => model.Dispose()))["x"];
        Assert.Equal(expected, measured.OverZero.ToArray());
        Assert.Equal("ModelClosed", Assert.Throws<LapeException>(() => ActivationProfiler.Measure(model, profile)).ErrorId);
    }
}
