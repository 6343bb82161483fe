using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Steering;

/// <summary>Ids, and what stands before them.</summary>
/// <param name="Before">Ids that are given; one at least.</param>
/// <param name="Ids">Ids that are predicted.</param>
internal sealed record TextAfter(IReadOnlyList<int> Before, IReadOnlyList<int> Ids);

/// <summary>How likely a model finds texts of unequal lengths.</summary>
internal static class TextLikelihood
{
    // Places computed together.
    private const int PlacesAtOnce = 1024;

    /// <summary>The negative log-likelihood of each predicted id in nats, a text each.</summary>
    public static IReadOnlyList<double[]> Of(LanguageModel model, IReadOnlyList<TextAfter> texts, CancellationToken stop)
    {
        using var lease = model.Lease();
        var nll = new double[texts.Count][];
        // Texts of about one length stand together, so that little is computed for nothing.
        int[] order = [.. Enumerable.Range(0, texts.Count).Where(i => texts[i].Ids.Count > 0).OrderBy(i => Length(texts[i]))];
        foreach (var i in Enumerable.Range(0, texts.Count).Except(order))
            nll[i] = [];
        for (var done = 0; done < order.Length;)
        {
            var count = 1;
            while (done + count < order.Length && (count + 1) * Length(texts[order[done + count]]) <= PlacesAtOnce)
                count++;
            int[] batch = order[done..(done + count)];
            foreach (var (i, values) in batch.Zip(Batch(model, [.. batch.Select(i => texts[i])], stop)))
                nll[i] = values;
            done += count;
        }
        return nll;
    }

    private static int Length(TextAfter text) => text.Before.Count + text.Ids.Count;

    // Rows are filled up at their ends, which nothing before them attends to.
    private static double[][] Batch(LanguageModel model, TextAfter[] texts, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        var longest = texts.Max(Length);
        var ids = texts.SelectMany(t => t.Before.Concat(t.Ids).Concat(Enumerable.Repeat(0, longest - Length(t)))).Select(id => (long)id).ToArray();
        var tokens = tensor(ids, [texts.Length, longest], ScalarType.Int64).to(model.Device);
        var first = texts.Min(t => t.Before.Count);
        var predicted = longest - first;
        var hidden = model.Transformer.Hidden(tokens, Attending.WholeRows(model.Shape, longest, model.Device), FeedForwardTap.None, stop);
        var nll = model.Transformer.NegativeLogLikelihood(hidden.narrow(1, first - 1, predicted), tokens.narrow(1, first, predicted), stop: stop);
        var values = nll.cpu().data<float>().ToArray(); // [rows, predicted]
        var rows = texts.Select((t, row) => values.AsSpan((row * predicted) + t.Before.Count - first, t.Ids.Count).ToArray());
        double[][] result = [.. rows.Select(row => Array.ConvertAll(row, v => (double)v))];
        foreach (var row in result)
            NonFinite.Refuse(row, model, " on an answer");
        return result;
    }
}
