namespace LapeOps.Evaluation;

/// <summary>
/// Whether a language's own mask hurts its text more than another mask does: paired, one-sided tests over the rows of the language's
/// held-out text.
/// </summary>
/// <param name="Language">The language of the text and of its own mask.</param>
/// <param name="Against">The other mask.</param>
/// <param name="T">As in <see cref="TTest"/>.</param>
/// <param name="DegreesOfFreedom">Rows - 1.</param>
/// <param name="PT">One-sided p of the t-test.</param>
/// <param name="PTTwoSided">Its two-sided p.</param>
/// <param name="W">As in <see cref="SignedRankTest"/>.</param>
/// <param name="PW">One-sided p of the signed-rank test.</param>
/// <param name="WMethod">exact, normal, or none where no row differs.</param>
/// <param name="QT"><paramref name="PT"/> after <see cref="BenjaminiHochberg"/> over all comparisons of the matrix.</param>
/// <param name="QW"><paramref name="PW"/> likewise.</param>
public sealed record MaskComparison(
    string Language, string Against, double T, int DegreesOfFreedom, double PT, double PTTwoSided, double W, double PW, string WMethod, double QT, double QW);
