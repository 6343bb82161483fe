namespace LapeOps.Evaluation;

/// <summary>How far one language's neurons can be trusted (METHOD.md, "Measures", Trust).</summary>
/// <param name="Language">The language; "any" for neurons of at least one.</param>
/// <param name="Tokens">Counted positions.</param>
/// <param name="Neurons">Neurons that it owns in the mask of everything.</param>
/// <param name="SplitHalf">Mean Jaccard of the masks of two halves of the corpus, over all ways to halve its blocks; null where all were empty.</param>
/// <param name="BootstrapMean">Mean of its neuron count over masks of blocks drawn with replacement.</param>
/// <param name="BootstrapDeviation">Standard deviation of those counts.</param>
/// <param name="BootstrapLow">Their 2.5 % quantile.</param>
/// <param name="BootstrapHigh">Their 97.5 % quantile.</param>
/// <param name="TokensNeeded">Tokens at which the fitted curve reaches a Jaccard of 0.95; null where no curve fits.</param>
/// <param name="Extrapolation">TokensNeeded over the most tokens that the curve was fitted on: above 1 it is an extrapolation.</param>
public sealed record LanguageStability(
    string Language, long Tokens, int Neurons, double? SplitHalf, double BootstrapMean, double BootstrapDeviation, double BootstrapLow, double BootstrapHigh,
    double? TokensNeeded, double? Extrapolation);

/// <summary>Agreement of masks of disjoint parts of the corpus, by the tokens that each was made of.</summary>
/// <param name="Language">The language; "any" for neurons of at least one.</param>
/// <param name="Blocks">Blocks in each part.</param>
/// <param name="Tokens">Mean tokens of a part.</param>
/// <param name="Jaccard">Mean Jaccard of pairs of parts.</param>
/// <param name="Deviation">Standard deviation over pairs, which share parts and so are not independent; null for a single pair.</param>
/// <param name="Pairs">Pairs of disjoint parts of which one has a neuron at least.</param>
public sealed record StabilityPoint(string Language, int Blocks, double Tokens, double Jaccard, double? Deviation, int Pairs);

/// <summary>How far to trust a mask, from the blocks in its statistics.</summary>
/// <param name="Languages">One entry a language, then "any".</param>
/// <param name="Curve">Agreement against tokens.</param>
public sealed partial record MaskStability(IReadOnlyList<LanguageStability> Languages, IReadOnlyList<StabilityPoint> Curve);
