namespace LapeOps.Statistics;

/// <summary>Mean activations and residual directions of statistics with sums: what driving neurons and steering the residual stream take.</summary>
public sealed class ActivationMeans
{
    private readonly ActivationStatistics _statistics;

    /// <summary>The means of every language.</summary>
    /// <exception cref="LapeException">SumsMissing where a language has no sums.</exception>
    public ActivationMeans(ActivationStatistics statistics)
    {
        if (statistics.Activations.FirstOrDefault(a => a.Sums is null) is { } without)
            throw new LapeException("SumsMissing",
                $"{statistics.Path ?? "These statistics"} hold no sums of '{without.Language}', only counts, so mean activations are unknown. Measure them with Measure-LapeActivation -Sums All.");
        _statistics = statistics;
    }

    /// <summary>mu, the mean activation of a neuron on the text of a language (METHOD.md, "Rows and counting"); of several, the plain mean of theirs.</summary>
    /// <param name="flat">layer * d + neuron.</param>
    /// <param name="languages">One or more.</param>
    /// <exception cref="LapeException">LanguageUnknown.</exception>
    public double Mean(int flat, IReadOnlyList<string> languages) =>
        languages.Average(language => _statistics[language] is var activation ? activation.Sums!.Activation.Span[flat] / activation.Tokens : 0);

    /// <summary>The mean of some languages less the plain mean over all others.</summary>
    /// <exception cref="LapeException">LanguageUnknown; LanguagesTooFew where there is no other.</exception>
    public double Difference(int flat, IReadOnlyList<string> languages)
    {
        string[] others = [.. _statistics.Languages.Except(languages)];
        return others.Length > 0
            ? Mean(flat, languages) - Mean(flat, others)
            : throw new LapeException("LanguagesTooFew",
                $"A difference of means needs a language to differ from, and these statistics have {string.Join(", ", _statistics.Languages)} alone. Measure more languages, or take another mode.");
    }

    /// <summary>
    /// The residual-stream difference of means at the input of a block: the unit vector [h] from the mean of one language to that of another,
    /// and the mean norm of the residual stream there, the plain mean of both languages' mean norms.
    /// </summary>
    /// <exception cref="LapeException">LanguageUnknown; SumsMissing where the residual stream was not summed; LayerOutOfRange; DirectionUndefined where both means are the same.</exception>
    public (double[] Unit, double MeanNorm) ResidualDirection(string from, string to, int layer)
    {
        var width = _statistics.Identity.Hidden;
        if (layer < 0 || layer >= _statistics.Layers)
            throw new LapeException("LayerOutOfRange", $"There is no layer {layer}: the statistics have {_statistics.Layers}, from 0.");
        if (width == 0)
            throw new LapeException("SumsMissing", "These statistics do not sum the residual stream. Measure them with Measure-LapeActivation.");
        LanguageActivation source = _statistics[from], target = _statistics[to];
        var difference = new double[width];
        for (var i = 0; i < width; i++)
            difference[i] = Mean(target, i) - Mean(source, i);
        var length = Math.Sqrt(difference.Sum(d => d * d));
        if (!(length > 0))
            throw new LapeException("DirectionUndefined", $"The mean residual stream of '{from}' and '{to}' is the same at layer {layer}, so there is no direction from one to the other.");
        return ([.. difference.Select(d => d / length)], (Norm(source) + Norm(target)) / 2);

        double Mean(LanguageActivation language, int i) => language.Sums!.Residual.Span[(layer * width) + i] / language.Tokens;
        double Norm(LanguageActivation language) => language.Sums!.ResidualNorm.Span[layer] / language.Tokens;
    }
}
