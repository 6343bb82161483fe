using LapeOps.Corpora;
using LapeOps.Interventions;
using LapeOps.Statistics;
using static TorchSharp.torch;

namespace LapeOps.Perplexity;

/// <summary>Perplexity of one view on one language's held-out rows (METHOD.md, "Measures").</summary>
/// <param name="View">The mask, or none.</param>
/// <param name="Language">Language of the text.</param>
/// <param name="RowNll">Mean next-token negative log-likelihood of each row's predicted tokens, in nats.</param>
/// <param name="Proof">That the mask acted; null without one.</param>
public sealed record LanguagePerplexity(string View, string Language, IReadOnlyList<double> RowNll, ProofOfAction? Proof)
{
    /// <summary>Mean over rows, in nats.</summary>
    public double Nll => RowNll.Average();

    /// <summary>exp of <see cref="Nll"/>.</summary>
    public double Perplexity => Math.Exp(Nll);
}

/// <summary>Computes perplexity on the rows that statistics held out, and on no others.</summary>
public static class HeldOutPerplexity
{
    // Rows computed together make about this many tokens.
    private const int TokensAtOnce = 1024;

    /// <summary>How statistics read documents, for the corpus that <see cref="Rows"/> takes.</summary>
    /// <exception cref="LapeException">HeldOutNone for counts of another program; StatisticsInvalid.</exception>
    public static CorpusReading Reading(ActivationStatistics statistics)
    {
        var identity = statistics.Identity;
        if (identity.Imported)
            throw new LapeException("HeldOutNone", "These statistics are counts of another program, which held out no rows that are known. Measure statistics with Measure-LapeActivation.");
        return new CorpusReading(Named<DocumentKind>(identity.Documents), identity.TextField, identity.Deduplicate,
            Named<TextTransform>(identity.Transform ?? nameof(TextTransform.None)), identity.Seed);

        T Named<T>(string name) where T : struct, Enum => Enum.TryParse<T>(name, out var known) && Enum.IsDefined(known) ? known
            : throw new LapeException("StatisticsInvalid", $"{statistics.Path} names '{name}' as its {typeof(T).Name}, which this LapeOps does not know. Measure the statistics again.");
    }

    /// <summary>The rows that statistics held out, found again in the corpus.</summary>
    /// <exception cref="LapeException">CorpusChanged where a language's text is not the one that was counted, LanguageUnknown, HeldOutNone, ModelMismatch.</exception>
    public static IReadOnlyList<TokenRows> Rows(LanguageModel model, ActivationStatistics statistics, Corpus corpus, CancellationToken stop = default)
    {
        var identity = statistics.Identity;
        statistics.RequireModel(model.Fingerprint, model.Name, model.Shape.Layers, model.Shape.Width);
        if (Reading(statistics) is var reading && corpus.Reading != reading)
            throw new LapeException("CorpusChanged", $"The statistics counted documents by {reading}, and this corpus is read by {corpus.Reading}. Read it in the same way.");
        var plan = new RowPlan(identity.Context, identity.RowStart, identity.HoldOut, identity.MaxTokens, identity.RowsPerGroup);
        var languages = new List<TokenRows>();
        foreach (var language in corpus.Languages)
        {
            var counted = statistics[language.Language].Rows;
            var rows = model.Rows(language, corpus.Reading, plan, stop);
            if (rows.Rows != counted)
                throw new LapeException("CorpusChanged",
                    $"The text of '{language.Language}' is not the one that the statistics counted (SHA-256 {rows.Rows.CorpusHash[..12]}, then {counted.CorpusHash[..12]}), so its held-out rows are unknown. Give the same text, or measure the statistics again.");
            if (counted.HeldOutRows == 0)
                throw new LapeException("HeldOutNone", $"No row of '{language.Language}' was held out ({counted.CountedRows} rows counted). Measure with -HoldOut above 0, a shorter context or more text.");
            languages.Add(rows);
        }
        return languages;
    }

    /// <summary>Measures a view on the held-out rows of a language.</summary>
    /// <exception cref="LapeException">MaskWithoutEffect where a mask changed nothing; ModelClosed.</exception>
    public static LanguagePerplexity Measure(ModelView view, TokenRows rows, bool allowNoOp = false, CancellationToken stop = default)
    {
        using var lease = view.Model.Lease();
        var nll = new List<double>();
        long changed = 0;
        foreach (var (ids, count) in Batches(rows, TokensAtOnce))
        {
            var (rowNll, rowChanged) = RowNll(view, ids, count, rows.Plan.RowStart.Count, stop);
            NonFinite.Refuse(rowNll, view.Model, $" on the text of '{rows.Language}'", view.Intervention is not null);
            nll.AddRange(rowNll);
            changed += rowChanged;
        }
        if (view.Intervention is not { } intervention)
            return new LanguagePerplexity(view.Name, rows.Language, nll, null);
        ProofOfAction.Require(view.Name, intervention.NeuronCount, changed, allowNoOp);
        return new LanguagePerplexity(view.Name, rows.Language, nll, new ProofOfAction(intervention.NeuronCount, changed, null));
    }

    /// <summary>The mean negative log-likelihood of each row's predicted tokens in nats, and how many values the view's intervention changed.</summary>
    /// <param name="view">The view.</param>
    /// <param name="ids">[rows * tokens] ids.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="rowStart">Ids at the start of each row that are not predicted; without any, the first text token is not.</param>
    /// <param name="stop">Looked at before each layer and between chunks of logits.</param>
    public static (double[] Nll, long ValuesChanged) RowNll(ModelView view, long[] ids, int rows, int rowStart, CancellationToken stop = default)
    {
        var model = view.Model;
        using var scope = NewDisposeScope();
        var tokens = Tokens(model, ids, rows);
        using var tap = view.NewTap(rows);
        return (RowNll(model, view.Hidden(tokens, tap, stop), tokens, rowStart, stop), tap?.ReadChanged().Sum() ?? 0);
    }

    /// <summary>The held-out rows of a language as ids, as many rows together as make about so many tokens.</summary>
    internal static IEnumerable<(long[] Ids, int Rows)> Batches(TokenRows rows, int tokensAtOnce)
    {
        var atOnce = Math.Max(1, tokensAtOnce / rows.Plan.Context);
        for (var done = 0; done < rows.Rows.HeldOutRows; done += atOnce)
        {
            var count = Math.Min(atOnce, rows.Rows.HeldOutRows - done);
            var ids = new long[count * rows.Plan.Context];
            rows.Fill(ids, rows.Rows.CountedRows + done, count);
            yield return (ids, count);
        }
    }

    /// <summary>Ids on the model's device, [rows, tokens].</summary>
    internal static Tensor Tokens(LanguageModel model, long[] ids, int rows) => tensor(ids, [rows, ids.Length / rows], ScalarType.Int64).to(model.Device);

    /// <summary>The mean negative log-likelihood of each row's predicted tokens, from the residual stream at the end.</summary>
    internal static double[] RowNll(LanguageModel model, Tensor hidden, Tensor tokens, int rowStart, CancellationToken stop)
    {
        var first = Math.Max(1, rowStart);
        var predicted = tokens.shape[1] - first;
        using var nll = model.Transformer.NegativeLogLikelihood(hidden.narrow(1, first - 1, predicted), tokens.narrow(1, first, predicted), stop);
        return nll.mean([1], type: ScalarType.Float64).cpu().data<double>().ToArray();
    }
}
