using LapeOps.Perplexity;

namespace LapeOps.PowerShell.Objects;

/// <summary>Held-out perplexity of a view on a language.</summary>
public sealed class LapePerplexity
{
    internal LapePerplexity(LanguagePerplexity measured, double plainNll)
    {
        Mask = measured.View;
        Language = measured.Language;
        Nll = measured.Nll;
        Perplexity = measured.Perplexity;
        NllChange = measured.Nll - plainNll;
        Rows = measured.RowNll.Count;
        RowNll = new NumberList<double>(measured.RowNll);
        ValuesChanged = measured.Proof?.ValuesChanged;
    }

    /// <summary>Name of the mask; "none" without one.</summary>
    public string Mask { get; }

    /// <summary>Language of the text.</summary>
    public string Language { get; }

    /// <summary>Mean next-token negative log-likelihood in nats.</summary>
    public double Nll { get; }

    /// <summary>exp of the NLL.</summary>
    public double Perplexity { get; }

    /// <summary>NLL less that of the unmodified model: positive where the mask hurts.</summary>
    public double NllChange { get; }

    /// <summary>Held-out rows.</summary>
    public int Rows { get; }

    /// <summary>The NLL of each row.</summary>
    public NumberList<double> RowNll { get; }

    /// <summary>Activation values that the mask changed: its proof of action. Null without a mask.</summary>
    public long? ValuesChanged { get; }
}
