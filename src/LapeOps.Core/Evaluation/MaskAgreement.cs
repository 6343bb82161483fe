namespace LapeOps.Evaluation;

/// <summary>How far two masks agree on one language, or on "any" (neurons with at least one owner).</summary>
/// <param name="Language">The language, or "any".</param>
/// <param name="SizeA">Neurons in the first mask.</param>
/// <param name="SizeB">Neurons in the second.</param>
/// <param name="Overlap">Neurons in both.</param>
/// <param name="Jaccard">Overlap over neurons in either; null where both are empty.</param>
/// <param name="ExpectedOverlap">Of two random masks of these sizes: |a| |b| / N.</param>
/// <param name="ExpectedOverlapByLayer">Of two random masks with these numbers in each layer.</param>
/// <param name="Log10P">log10 of the probability of such an overlap or a greater one by chance (hypergeometric).</param>
/// <param name="LayerOverlap">[L] neurons in both, by layer.</param>
/// <param name="LayerJaccard">[L] Jaccard by layer; null where both are empty there.</param>
public sealed record LanguageAgreement(
    string Language, int SizeA, int SizeB, int Overlap, double? Jaccard, double ExpectedOverlap, double ExpectedOverlapByLayer, double Log10P,
    IReadOnlyList<int> LayerOverlap, IReadOnlyList<double?> LayerJaccard);

/// <summary>How far two masks agree, whatever made them.</summary>
/// <param name="LanguagesA">Languages of the first mask.</param>
/// <param name="LanguagesB">Languages of the second.</param>
/// <param name="Languages">Agreement on each language that both have, and on "any".</param>
/// <param name="Overlaps">[language of a][language of b] neurons in both.</param>
/// <param name="Jaccards">[language of a][language of b]; null where both are empty.</param>
/// <param name="Log10Ps">[language of a][language of b], as in <see cref="LanguageAgreement"/>.</param>
/// <param name="RankCorrelation">Spearman's correlation of the scores of neurons that both scored; null where there are none or one score is constant.</param>
public sealed partial record MaskAgreement(
    IReadOnlyList<string> LanguagesA, IReadOnlyList<string> LanguagesB, IReadOnlyList<LanguageAgreement> Languages,
    IReadOnlyList<IReadOnlyList<int>> Overlaps, IReadOnlyList<IReadOnlyList<double?>> Jaccards, IReadOnlyList<IReadOnlyList<double>> Log10Ps, double? RankCorrelation);
