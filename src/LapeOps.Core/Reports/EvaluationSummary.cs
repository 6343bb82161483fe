using LapeOps.Evaluation;
using LapeOps.Masks;

namespace LapeOps.Reports;

/// <summary>
/// All that is known of one evaluation, as data. HTML, JSON, CSV and the terminal show what is in here and nothing else; what is missing
/// is not shown.
/// </summary>
public sealed record EvaluationSummary
{
    /// <summary>Heading of the report.</summary>
    public string Title { get; init; } = "Language-specific neurons";

    /// <summary>What the results were made of, as in <see cref="MaskProvenance"/>.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>Each language's neurons.</summary>
    public NeuronMask? Mask { get; init; }

    /// <summary>What switching them off does to held-out text.</summary>
    public PerplexityMatrix? Matrix { get; init; }

    /// <summary>What switching some of them off does.</summary>
    public IReadOnlyList<AblationRow> Ablation { get; init; } = [];

    /// <summary>How far to trust the mask.</summary>
    public MaskStability? Stability { get; init; }

    /// <summary>What languages have in common: the mask's agreement with itself, or with another.</summary>
    public MaskAgreement? Overlap { get; init; }

    /// <summary>How often steered answers are in the language that they were steered to.</summary>
    public SteeringTable? Steering { get; init; }

    /// <summary>Answers to show side by side.</summary>
    public IReadOnlyList<ExampleAnswer> Examples { get; init; } = [];

    /// <summary>Everything as tables, in the order of the report: what all views are made of.</summary>
    public IReadOnlyList<ReportTable> Tables => SummaryTables.Of(this).ToArray();

    /// <summary>The summary for a terminal, with bars for the neurons of each layer.</summary>
    /// <param name="width">Characters a line.</param>
    /// <param name="unicode">Whether bars are of Unicode's blocks; else of '#'.</param>
    public string ToText(int width = 100, bool unicode = true) => SummaryText.Of(this, width, unicode);

    /// <summary>The title.</summary>
    public override string ToString() => Title;
}

/// <summary>An answer to show beside others to the same prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="By">What made it: the mask's name, or how it was steered.</param>
/// <param name="Text">The answer.</param>
public sealed record ExampleAnswer(string Prompt, string By, string Text);
