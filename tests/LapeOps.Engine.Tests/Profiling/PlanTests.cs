using LapeOps.Corpora;
using LapeOps.Engine.Tests.Support;
using LapeOps.Profiling;

namespace LapeOps.Engine.Tests.Profiling;

public sealed class PlanTests
{
    private static readonly TinyModel Tiny = new() { Context = 32 };

    [Fact]
    public void Defaults_are_the_model_s_limit_eight_rows_held_out_and_the_row_start_of_its_tokenizer()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var plan = ProfilePlan.Make(model, Texts(folder, 31 * 50), new ProfileOptions());
        var identity = plan.Identity;
        Assert.Equal((32, 8, 99_999_744L, 64, "File", "Float32", "cpu", true),
            (identity.Context, identity.HoldOut, identity.MaxTokens, identity.RowsPerGroup, identity.Documents, identity.DType, identity.DeviceKind, identity.Sums));
        Assert.Equal([ByteTokenizer.RowStart], identity.RowStart);
        Assert.Equal((model.Fingerprint, model.Name, model.TokenizerHash), (identity.ModelFingerprint, identity.ModelName, identity.TokenizerHash));
        Assert.Equal((42, 8), (plan.Languages[0].Rows.CountedRows, plan.Languages[0].Rows.HeldOutRows));
        Assert.Empty(plan.Warnings);
        Assert.True(plan.Memory is { Weights: > 0, Pass: > 0, Statistics: > 0, File: > 0 });
    }

    [Fact]
    public void What_is_asked_for_is_what_is_planned()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var options = new ProfileOptions { Context = 8, RowStart = RowStart.None, HoldOut = 2, MaxTokens = 200, BatchSize = 5, Sums = false };
        var plan = ProfilePlan.Make(model, Texts(folder, 400), options);
        Assert.Empty(plan.Identity.RowStart);
        Assert.False(plan.Identity.Sums);
        var rows = plan.Languages[0].Rows;
        Assert.Equal((400L, 200L, 23, 2, 5), (rows.TokensFound, rows.TokensDropped, rows.CountedRows, rows.HeldOutRows, rows.Groups));
    }

    [Fact]
    public void A_context_beyond_the_model_s_rotary_limit_is_a_warning_with_both()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var warning = Assert.Single(ProfilePlan.Make(model, Texts(folder, 400), new ProfileOptions { Context = 40 }).Warnings);
        Assert.Contains("40", warning, StringComparison.Ordinal);
        Assert.Contains("32", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_that_the_error_names_works()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var corpus = Texts(folder, 33);
        var refused = Assert.Throws<LapeException>(() => ProfilePlan.Make(model, corpus, new ProfileOptions()));
        Assert.Equal("CorpusTooSmall", refused.ErrorId);
        Assert.Contains("has 33 tokens", refused.Message, StringComparison.Ordinal);
        Assert.Contains("a context of 17 or less", refused.Message, StringComparison.Ordinal);
        Assert.True(ActivationProfiler.Measure(model, ProfilePlan.Make(model, corpus, new ProfileOptions { Context = 17 })).Complete);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_both_numbers_and_a_batch_that_fits()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        var refused = Assert.Throws<LapeException>(() => ProfilePlan.Make(model, Texts(folder, 400), new ProfileOptions { BatchSize = 2_000_000_000 }));
        Assert.Equal("MemoryInsufficient", refused.ErrorId);
        Assert.Matches(@"needs [\d,]+ MB and [\d,]+ MB are available\. A batch size of \d+ fits\.", refused.Message);
    }

    [Fact]
    public void A_document_a_line_is_packed_with_line_ends_between()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder, tokenizer: true);
        folder.WriteText("c/xx.txt", "one\r\ntwo\r\nthree\r\nfour and five\r\n");
        var plan = ProfilePlan.Make(model, Corpus.FromPaths([folder["c"]], new(DocumentKind.Line)), new ProfileOptions { Context = 8, HoldOut = 0 });
        var ids = new long[8];
        plan.Languages[0].Fill(ids, 0, 1);
        Assert.Equal([ByteTokenizer.RowStart, .. "one\ntwo".Select(c => (long)c)], ids);
        Assert.Equal("one\ntwo\nthree\nfour and five".Length, plan.Languages[0].Rows.TokensFound);
    }

    private static Corpus Texts(TempFolder folder, int tokens)
    {
        folder.WriteText("corpora/xx.txt", string.Concat(Enumerable.Range(0, tokens).Select(i => (char)('a' + (i % 26)))));
        return Corpus.FromPaths([folder["corpora"]]);
    }
}
