using LapeOps.Masks;
using LapeOps.Scoring;
using LapeOps.Statistics;

namespace LapeOps.Evaluation;

/// <summary>What an ablation varies.</summary>
public enum AblationStudy
{
    /// <summary>How many neurons are language-specific, cumulatively: those of a smaller top rate are among those of a greater one.</summary>
    Rate,
    /// <summary>One layer at a time.</summary>
    Layer,
    /// <summary>Neurons that belong to exactly one language, to two, and so on.</summary>
    Owners,
}

/// <summary>A step of an ablation before it is measured: which neurons of a language are off.</summary>
/// <param name="Study">What is varied.</param>
/// <param name="Step">The rate, the layer or the number of owners.</param>
/// <param name="Language">The language whose neurons are off.</param>
/// <param name="Neurons">The neurons; may be none.</param>
public sealed record AblationStep(AblationStudy Study, double Step, string Language, NeuronMask Neurons)
{
    /// <summary>The steps of some studies, by study, step and language.</summary>
    /// <param name="statistics">What neurons are found in.</param>
    /// <param name="options">The rates of LAPE; the study of rates has its own top rates.</param>
    /// <param name="studies">What is varied.</param>
    /// <param name="rates">Top rates of the study of rates.</param>
    /// <param name="languages">Languages whose neurons are switched off.</param>
    /// <exception cref="LapeException">RateOutOfRange; LanguageUnknown.</exception>
    public static IReadOnlyList<AblationStep> Plan(
        ActivationStatistics statistics, LapeOptions options, IReadOnlyList<AblationStudy> studies, IReadOnlyList<double> rates, IReadOnlyList<string> languages)
    {
        var counts = ActivationCounts.Of(statistics);
        var found = Lape.Score(counts, options);
        return [.. studies.Distinct().SelectMany(study => study switch
        {
            AblationStudy.Rate => rates.Distinct().SelectMany(rate => Steps(study, rate, Lape.Score(counts, options with { TopRate = rate }), _ => true)),
            AblationStudy.Layer => Enumerable.Range(0, found.Layers).SelectMany(layer => Steps(study, layer, found, n => n.Layer == layer)),
            _ => Enumerable.Range(1, found.Languages.Count).SelectMany(owners => Steps(study, owners, found, n => n.Owners.Count == owners)),
        })];

        IEnumerable<AblationStep> Steps(AblationStudy study, double step, LanguageNeurons scored, Func<LanguageNeuron, bool> chosen)
        {
            var mask = (scored with { Neurons = [.. scored.Neurons.Where(chosen)] }).ToMask();
            return languages.Distinct().Select(language => new AblationStep(study, step, language, mask.Select([language])));
        }
    }
}
