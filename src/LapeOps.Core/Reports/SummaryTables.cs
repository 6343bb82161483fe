using System.Globalization;
using LapeOps.Evaluation;
using LapeOps.Masks;
using static LapeOps.Reports.ColumnKind;

namespace LapeOps.Reports;

/// <summary>The one place where a summary becomes tables.</summary>
internal static class SummaryTables
{
    private const string CorpusKey = "corpus_sha256/";
    private const string TokensKey = "tokens/";

    /// <summary>Names of all the tables that there can be.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "languages", "neurons-by-layer", "perplexity", "significance", "ablation", "overlap", "stability", "stability-curve", "steering", "answers", "examples", "provenance",
    ];

    /// <summary>Tables of what the summary has, in the order of the report.</summary>
    public static IEnumerable<ReportTable> Of(EvaluationSummary summary)
    {
        if (Languages(summary) is { Rows.Count: > 0 } languages)
            yield return languages;
        if (summary.Mask is { } mask)
            yield return Layers(mask);
        if (summary.Matrix is { } matrix)
        {
            yield return Perplexity(matrix);
            if (Significance(matrix) is { Rows.Count: > 0 } significance)
                yield return significance;
        }
        if (summary.Ablation.Count > 0)
            yield return Ablation(summary.Ablation);
        if (summary.Overlap is { } overlap)
            yield return Overlap(overlap);
        if (summary.Stability is { } stability)
        {
            yield return Stability(stability);
            yield return Curve(stability);
        }
        if (summary.Steering is { } steering)
        {
            yield return Steering(steering);
            yield return Answers(steering);
        }
        if (summary.Examples.Count > 0)
            yield return Examples(summary.Examples);
        if (Provenance(summary) is { Rows.Count: > 0 } provenance)
            yield return provenance;
    }

    private static ReportTable Languages(EvaluationSummary summary)
    {
        var mask = summary.Mask;
        var measured = summary.Provenance.Keys.Where(k => k.StartsWith(TokensKey, StringComparison.Ordinal)).Select(k => k[TokensKey.Length..]);
        var owners = mask?.Languages.SelectMany(l => Places(mask, l)).CountBy(n => n).ToDictionary() ?? [];
        return new("languages", "Languages",
        [
            new("Language", Text, "Language"), new("Neurons", Count, "Neurons"), new("Percent", Number, "% of all neurons"), new("Only", Count, "Only this language"),
            new("Tokens", Count, "Tokens counted"), new("CorpusSha256", Code, "SHA-256 of its texts"),
        ],
        (mask?.Languages ?? []).Union(measured).Select(language =>
        {
            var known = mask?.Languages.Contains(language) == true;
            return new object?[]
            {
                language,
                known ? mask!.Count(language) : null,
                known && mask!.Width is { } width ? 100.0 * mask.Count(language) / ((double)mask.Layers * width) : null,
                known ? Places(mask!, language).Count(n => owners[n] == 1) : null,
                long.TryParse(summary.Provenance.GetValueOrDefault(TokensKey + language), NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) ? tokens : null,
                summary.Provenance.GetValueOrDefault(CorpusKey + language),
            };
        }));
    }

    private static IEnumerable<(int Layer, int Neuron)> Places(NeuronMask mask, string language) =>
        Enumerable.Range(0, mask.Layers).SelectMany(layer => mask.Neurons(language, layer).ToArray(), (layer, neuron) => (layer, neuron));

    private static ReportTable Layers(NeuronMask mask) => new("neurons-by-layer", "Neurons by layer and language",
        [new("Layer", Count, "Layer"), new("Language", Text, "Language"), new("Neurons", Count, "Neurons")],
        Enumerable.Range(0, mask.Layers).SelectMany(_ => mask.Languages, (layer, language) => new object?[] { layer, language, mask.Neurons(language, layer).Length }));

    private static ReportTable Perplexity(PerplexityMatrix matrix) => new("perplexity", "Held-out text under masks",
        [
            new("Mask", Text, "Mask"), new("Kind", Text, "Kind"), new("Language", Text, "Language off"), new("Neurons", Count, "Neurons off"), new("Text", Text, "Text"),
            new("Rows", Count, "Rows"), new("Nll", Number, "NLL"), new("Perplexity", Number, "Perplexity"), new("Change", Change, "Change of NLL"),
            new("ValuesChanged", Count, "Values changed"),
        ],
        from row in Enumerable.Range(0, matrix.Rows.Count)
        from text in Enumerable.Range(0, matrix.Texts.Count)
        let mask = matrix.Rows[row]
        select new object?[]
        {
            mask.Mask, mask.Kind.ToString(), mask.Language, mask.Neurons, matrix.Texts[text], mask.RowNll[text].Count, matrix.Nll(row, text),
            Math.Exp(matrix.Nll(row, text)), matrix.Change(row, text), mask.ValuesChanged?[text],
        });

    private static ReportTable Significance(PerplexityMatrix matrix) => new("significance", "A language's own mask against every other, on its text",
        [
            new("Language", Text, "Language"), new("Against", Text, "Against"), new("T", Number, "t"), new("DegreesOfFreedom", Count, "Degrees of freedom"), new("PT", Number, "p of t"),
            new("QT", Number, "q of t"), new("W", Number, "Wilcoxon's W"), new("PW", Number, "p of W"), new("QW", Number, "q of W"),
        ],
        matrix.Comparisons.Select(c => new object?[] { c.Language, c.Against, c.T, c.DegreesOfFreedom, c.PT, c.QT, c.W, c.PW, c.QW }));

    private static ReportTable Ablation(IReadOnlyList<AblationRow> rows) => new("ablation", "Ablation",
        [
            new("Study", Text, "Study"), new("Step", Setting, "Step"), new("Language", Text, "Language off"), new("Neurons", Count, "Neurons off"),
            new("OwnChange", Change, "Own text: change of NLL"), new("OthersChange", Change, "Other texts, mean"), new("ValuesChanged", Count, "Values changed"),
        ],
        rows.Select(r => new object?[] { r.Study.ToString(), r.Step, r.Language, r.Neurons, r.OwnChange, r.OthersChange, r.ValuesChanged }));

    private static ReportTable Overlap(MaskAgreement agreement) => new("overlap", "Neurons that languages share",
        [
            new("LanguageA", Text, "Language"), new("LanguageB", Text, "And"), new("Overlap", Count, "Neurons in both"), new("Jaccard", Number, "Jaccard"),
            new("Log10P", Number, "log10 p by chance"),
        ],
        from a in Enumerable.Range(0, agreement.LanguagesA.Count)
        from b in Enumerable.Range(0, agreement.LanguagesB.Count)
        select new object?[] { agreement.LanguagesA[a], agreement.LanguagesB[b], agreement.Overlaps[a][b], agreement.Jaccards[a][b], agreement.Log10Ps[a][b] });

    private static ReportTable Stability(MaskStability stability) => new("stability", "How far to trust the mask",
        [
            new("Language", Text, "Language"), new("Tokens", Count, "Tokens"), new("Neurons", Count, "Neurons"), new("SplitHalf", Number, "Split-half Jaccard"),
            new("BootstrapMean", Number, "Bootstrap mean"), new("BootstrapDeviation", Number, "Deviation"), new("BootstrapLow", Number, "2.5 %"),
            new("BootstrapHigh", Number, "97.5 %"), new("TokensNeeded", Number, "Tokens for 0.95"), new("Extrapolation", Number, "Extrapolated"),
        ],
        stability.Languages.Select(l => new object?[]
        {
            l.Language, l.Tokens, l.Neurons, l.SplitHalf, l.BootstrapMean, l.BootstrapDeviation, l.BootstrapLow, l.BootstrapHigh, l.TokensNeeded, l.Extrapolation,
        }));

    private static ReportTable Curve(MaskStability stability) => new("stability-curve", "Agreement by tokens",
        [
            new("Language", Text, "Language"), new("Blocks", Count, "Blocks"), new("Tokens", Number, "Tokens of a part"), new("Jaccard", Number, "Jaccard"),
            new("Deviation", Number, "Deviation"), new("Pairs", Count, "Pairs"),
        ],
        stability.Curve.Select(p => new object?[] { p.Language, p.Blocks, p.Tokens, p.Jaccard, p.Deviation, p.Pairs }));

    private static ReportTable Steering(SteeringTable steering) => new("steering", "Answers steered to a language",
        [
            new("Method", Text, "Method"), new("Source", Text, "Questions"), new("Target", Text, "Target"), new("Strength", Setting, "Strength"),
            new("Answers", Count, "Answers"), .. Columns("Joint", "Joint success"), .. Columns("OnTarget", "On target"),
            .. Columns("OnTargetOfRun", "Among the run's languages"), .. Columns("OnSource", "Source language"), .. Columns("Other", "Other or none"),
            .. Columns("Degenerate", "Degenerate"), .. Columns("Detectable", "Native text detected"), .. Columns("DetectableOfRun", "Among the run's"),
            new("Neurons", Count, "Neurons"), new("ValuesChanged", Count, "Values changed"), new("KlDivergence", Number, "KL"),
        ],
        steering.Rows.Select(r => (object?[])
        [
            r.Method, r.Source, r.Target, r.Strength, r.Joint.Of, .. Values(r.Joint), .. Values(r.OnTarget), .. Values(r.OnTargetOfRun), .. Values(r.OnSource),
            .. Values(r.Other), .. Values(r.Degenerate), .. Values(r.Detectable), .. Values(r.DetectableOfRun), r.Neurons, r.ValuesChanged, r.KlDivergence,
        ]));

    private static ReportColumn[] Columns(string name, string heading) =>
        [new(name, Share, heading), new($"{name}Low", Low, $"{heading}, from"), new($"{name}High", High, $"{heading}, to")];

    private static object?[] Values(Rate rate) => [rate.Value, rate.Low, rate.High];

    private static ReportTable Answers(SteeringTable steering) => new("answers", "Steered answers",
        [
            new("Method", Text, "Method"), new("Source", Text, "Questions"), new("Target", Text, "Target"), new("Strength", Setting, "Strength"), new("Prompt", Prose, "Prompt"),
            new("Text", Prose, "Answer"), new("Language", Text, "Language"), new("LanguageOfRun", Text, "Among the run's"), new("FirstHalf", Text, "First half"),
            new("Repetition", Number, "Repetition"), new("Nll", Number, "NLL"), new("Joint", Text, "Joint success"),
        ],
        steering.Answers.Select(a => new object?[]
        {
            a.Method, a.Source, a.Target, a.Strength, a.Prompt, a.Text, a.Language, a.LanguageOfRun, a.FirstHalf, a.Repetition, a.Nll, a.Joint,
        }));

    private static ReportTable Examples(IReadOnlyList<ExampleAnswer> examples) => new("examples", "Answers side by side",
        [new("Prompt", Prose, "Prompt"), new("By", Text, "Mask or method"), new("Text", Prose, "Answer")],
        examples.Select(e => new object?[] { e.Prompt, e.By, e.Text }));

    // Hashes and tokens of texts stand in the table of languages.
    private static ReportTable Provenance(EvaluationSummary summary) => new("provenance", "Provenance",
        [new("Name", Text, "Name"), new("Value", Code, "Value")],
        summary.Provenance.Where(p => !p.Key.StartsWith(CorpusKey, StringComparison.Ordinal) && !p.Key.StartsWith(TokensKey, StringComparison.Ordinal))
            .Select(p => new object?[] { p.Key, p.Value }));
}
