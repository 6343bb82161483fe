using System.Globalization;
using LapeOps.Corpora;
using LapeOps.Scoring;
using LapeOps.Statistics;

namespace LapeOps.Masks;

/// <summary>
/// What a mask was made of, as the JSON and safetensors formats keep it: model and texts by their hashes, how they were counted, the rates
/// and cut-offs of the scorer, and the versions of LapeOps that counted and scored.
/// </summary>
public static class MaskProvenance
{
    /// <summary>Key of the model's fingerprint.</summary>
    public const string ModelFingerprint = "model_fingerprint";

    /// <summary>Key of the model's name.</summary>
    public const string ModelName = "model_name";

    /// <summary>The provenance of neurons that LAPE found in statistics. What statistics do not know is left out.</summary>
    /// <param name="statistics">What was scored.</param>
    /// <param name="options">The rates.</param>
    /// <param name="found">The neurons with their cut-offs.</param>
    /// <param name="version">Version of LapeOps that scores.</param>
    public static IReadOnlyDictionary<string, string> Of(ActivationStatistics statistics, LapeOptions options, LanguageNeurons found, string version) => Known(
    [
        .. Counting(statistics.Identity),
        ("scored_with", version),
        ("scorer", "LAPE"),
        ("top_rate", Text(options.TopRate)),
        ("filter_rate", Text(options.FilterRate)),
        ("owner_rate", Text(options.OwnerRate)),
        ("filter_cut", Text(found.Cut)),
        ("owner_cut", Text(found.Bar)),
        .. Texts(statistics),
    ]);

    /// <summary>The provenance of statistics, before anything is found in them.</summary>
    public static IReadOnlyDictionary<string, string> Of(ActivationStatistics statistics) => Known([.. Counting(statistics.Identity), .. Texts(statistics)]);

    private static (string Key, string Value)[] Counting(StatisticsIdentity identity) =>
    [
        (ModelFingerprint, identity.ModelFingerprint),
        (ModelName, identity.ModelName),
        ("tokenizer_sha256", identity.TokenizerHash),
        ("dtype", identity.DType),
        ("device_kind", identity.DeviceKind),
        ("documents", identity.Documents),
        ("deduplicated", identity.Deduplicate ? "true" : ""),
        ("transform", identity.Transform switch { null => "", nameof(TextTransform.Shuffle) => $"{identity.Transform}, seed {Text(identity.Seed)}", var other => other }),
        ("context", identity.Imported ? "" : Text(identity.Context)),
        ("row_start", string.Join(' ', identity.RowStart)),
        ("counted_with", identity.Version),
    ];

    private static IEnumerable<(string Key, string Value)> Texts(ActivationStatistics statistics) => statistics.Activations.SelectMany(language => new[]
    {
        ($"corpus_sha256/{language.Language}", language.Rows.CorpusHash),
        ($"tokens/{language.Language}", Text(language.Tokens)),
    });

    private static Dictionary<string, string> Known(IEnumerable<(string Key, string Value)> pairs) =>
        pairs.Where(p => p.Value.Length > 0).ToDictionary(p => p.Key, p => p.Value);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
