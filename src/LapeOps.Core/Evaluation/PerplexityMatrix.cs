namespace LapeOps.Evaluation;

/// <summary>What a row of a perplexity matrix has switched off.</summary>
public enum MatrixRowKind
{
    /// <summary>Nothing: the unmodified model.</summary>
    None,
    /// <summary>A language's neurons.</summary>
    Language,
    /// <summary>Random neurons.</summary>
    Control,
}

/// <summary>A row of a perplexity matrix: one mask, or none, on the held-out text of every language.</summary>
/// <param name="Mask">How results call it.</param>
/// <param name="Kind">What is off.</param>
/// <param name="Language">The language whose neurons are off, or whose mask a control is matched with; null without a mask and for controls shared by all languages.</param>
/// <param name="Neurons">Neurons that are off.</param>
/// <param name="RowNll">[text][row] mean next-token negative log-likelihood of each held-out row, in nats.</param>
/// <param name="ValuesChanged">[text] activation values that the mask changed; null without a mask.</param>
public sealed record MatrixRow(string Mask, MatrixRowKind Kind, string? Language, int Neurons, IReadOnlyList<IReadOnlyList<double>> RowNll, IReadOnlyList<long>? ValuesChanged);

/// <summary>
/// Held-out perplexity of every language's text (columns) under every language's mask and random controls (rows); METHOD.md, "Measures".
/// The first row is the unmodified model. What masks did is told by changes of the NLL against it, row of text by row of text.
/// </summary>
/// <param name="Texts">Languages of the texts.</param>
/// <param name="Rows">The unmodified model, every language's mask, then controls.</param>
public sealed partial record PerplexityMatrix(IReadOnlyList<string> Texts, IReadOnlyList<MatrixRow> Rows)
{
    /// <summary>Mean NLL of a text under a mask, in nats.</summary>
    public double Nll(int row, int text) => Rows[row].RowNll[text].Average();

    /// <summary>Change of the mean NLL against the unmodified model, in nats: positive where the mask hurts.</summary>
    public double Change(int row, int text) => Nll(row, text) - Nll(0, text);
}
