using LapeOps.Core.Tests.Statistics;
using LapeOps.Masks;
using LapeOps.Scoring;
using LapeOps.Statistics;

namespace LapeOps.Core.Tests.Masks;

public sealed class MaskProvenanceTests
{
    [Fact]
    public void It_has_model_texts_rates_cut_offs_and_versions()
    {
        var statistics = StatisticsSamples.Of(false, ("zh", 9, "hash a"), ("fr", 5, "hash b"));
        var options = new LapeOptions(0.5, 0.25, 0.75);
        var found = Lape.Score(ActivationCounts.Of(statistics), options);
        var provenance = found.ToMask(MaskProvenance.Of(statistics, options, found, "9.9")).Provenance;
        foreach (var (key, value) in new[]
        {
            ("model_fingerprint", "fingerprint"), ("model_name", "demo"), ("tokenizer_sha256", "tokenizer"), ("corpus_sha256/zh", "hash a"), ("corpus_sha256/fr", "hash b"),
            ("context", "16"), ("row_start", "5 6"), ("dtype", "Float32"), ("device_kind", "cpu"), ("top_rate", "0.5"), ("filter_rate", "0.25"), ("owner_rate", "0.75"),
            ("counted_with", "0.1.0"), ("scored_with", "9.9"), ("scorer", "LAPE"),
        })
            Assert.Equal(value, provenance[key]);
        Assert.Equal(found.Cut, float.Parse(provenance["filter_cut"], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void What_imported_counts_do_not_know_is_left_out()
    {
        var statistics = new ActivationStatistics(StatisticsIdentity.OfCounts("m", 2, 3), [StatisticsSamples.Language("zh", 9, 9, "hash", false)]);
        var found = Lape.Score(ActivationCounts.Of(statistics), new LapeOptions());
        var mask = found.ToMask(MaskProvenance.Of(statistics, new LapeOptions(), found, "9.9"));
        Assert.Equal(["corpus_sha256/zh", "filter_cut", "filter_rate", "model_name", "owner_cut", "owner_rate", "scored_with", "scorer", "tokens/zh", "top_rate"],
            mask.Provenance.Keys.Order(StringComparer.Ordinal));
        mask.RequireModel("any", "model");
    }
}
