using MathNet.Numerics.Statistics;

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

    /// <summary>Every cell as a flat record, row by row, for tables.</summary>
    public IEnumerable<MatrixCell> Cells => Rows.SelectMany((row, i) => Texts.Select((text, k) => new MatrixCell(
        row.Mask, row.Kind, row.Language, text, row.Neurons, Nll(i, k), Math.Exp(Nll(i, k)), Change(i, k), row.ValuesChanged?[k])));

    /// <summary>[text] mean over controls of the change of NLL, in nats; empty without controls.</summary>
    public double[] ControlMean => [.. Controls.Select(changes => changes.Average())];

    /// <summary>[text] standard deviation over controls of the change of NLL, in nats; empty with fewer than two.</summary>
    public double[] ControlDeviation => [.. Controls.Where(changes => changes.Length > 1).Select(changes => changes.StandardDeviation())];

    /// <summary>The matrix as people read it: masks by texts, changes of NLL, the unmodified model's NLL on top, controls' mean and spread below.</summary>
    /// <param name="columns">Columns of the terminal; 0 for as many as it takes.</param>
    public string ToTable(int columns) => MatrixText.Of(this, columns > 0 ? columns : int.MaxValue);

    // [text][control]
    private IEnumerable<double[]> Controls
    {
        get
        {
            int[] controls = [.. Enumerable.Range(0, Rows.Count).Where(i => Rows[i].Kind == MatrixRowKind.Control)];
            return Texts.Select((text, k) => Matched(text).Select(i => Change(i, k)).ToArray()).Where(changes => changes.Length > 0);

            // Those that the text's own mask is compared with; a text without a mask has all.
            int[] Matched(string text) => controls.Where(i => (Rows[i].Language ?? text) == text).ToArray() is { Length: > 0 } matched ? matched : controls;
        }
    }
}

/// <summary>A cell of a perplexity matrix: a mask on a text.</summary>
/// <param name="Mask">Name of the mask; "none" without one.</param>
/// <param name="Kind">What is off.</param>
/// <param name="Off">The language whose neurons are off, or whose mask a control is matched with.</param>
/// <param name="Text">Language of the text.</param>
/// <param name="Neurons">Neurons that are off.</param>
/// <param name="Nll">Mean next-token negative log-likelihood, in nats.</param>
/// <param name="Perplexity">exp of the NLL.</param>
/// <param name="NllChange">NLL less that of the unmodified model.</param>
/// <param name="ValuesChanged">Activation values that the mask changed; null without a mask.</param>
public sealed record MatrixCell(
    string Mask, MatrixRowKind Kind, string? Off, string Text, int Neurons, double Nll, double Perplexity, double NllChange, long? ValuesChanged);
