using LapeOps.Corpora;
using LapeOps.Evaluation;
using LapeOps.Languages;

namespace LapeOps.Steering;

/// <summary>
/// What native text is like to the judges of answers: how well the detector knows it at their length, and how likely the model finds it. It is
/// cut from the rows that statistics held out.
/// </summary>
internal sealed class NativeText
{
    // Enough for a deviation and for a rate in steps of 2 %.
    private const int MostWindows = 50;

    private readonly string _language;
    private readonly LanguageDetector _detector;
    private readonly IReadOnlyList<string> _texts;
    private readonly IReadOnlyList<double[]> _windows;
    private readonly Dictionary<int, (Rate, Rate)> _detectable = [];
    private readonly Dictionary<int, double> _mostNll = [];

    /// <summary>Measures native text of one language.</summary>
    /// <param name="model">The model, which computes without an intervention.</param>
    /// <param name="rows">The language's rows.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="before">Ids before each window: as many as the prompts of the answers have.</param>
    /// <param name="tokens">Ids of a window: those of the longest answer.</param>
    /// <param name="stop">Looked at before each layer.</param>
    /// <exception cref="LapeException">HeldOutTooFew.</exception>
    public NativeText(LanguageModel model, TokenRows rows, LanguageDetector detector, int before, int tokens, CancellationToken stop)
    {
        (_language, _detector) = (rows.Language, detector);
        var held = new long[rows.Rows.HeldOutRows * rows.Plan.Context];
        rows.Fill(held, rows.Rows.CountedRows, rows.Rows.HeldOutRows);
        var start = rows.Plan.RowStart;
        int[][] texts = [.. held.Chunk(rows.Plan.Context).Select(row => row.Skip(start.Count).Select(id => (int)id).ToArray())];
        _texts = [.. texts.Select(t => model.Tokenizer.Decode(t, skipSpecialTokens: true).Trim('\uFFFD', ' ', '\n', '\r', '\t'))];
        tokens = Math.Min(tokens, rows.Plan.TextTokens - 1);
        before = Math.Clamp(before, 1, rows.Plan.TextTokens - tokens);
        TextAfter[] windows = [.. texts.SelectMany(t => t.Chunk(before + tokens)).Where(w => w.Length == before + tokens).Select(w => new TextAfter([.. start, .. w[..before]], w[before..]))];
        if (windows.Length < 2)
            throw new LapeException("HeldOutTooFew",
                $"The held-out text of '{_language}' has {windows.Length} windows of {before + tokens} tokens, and how likely native text is takes 2 at least. Measure statistics with a shorter context or more -HoldOut, or take fewer -MaxTokens.");
        _windows = TextLikelihood.Of(model, Spread(windows), stop);
    }

    /// <summary>The NLL a token from which on an answer of so many tokens is degenerate.</summary>
    public double MostNll(int tokens)
    {
        tokens = Math.Clamp(tokens, 1, _windows[0].Length);
        return _mostNll.TryGetValue(tokens, out var most) ? most : _mostNll[tokens] = AnswerQuality.MostNll([.. _windows.Select(w => w.Take(tokens).Average())]);
    }

    /// <summary>The detector's accuracy on native text of so many characters, over all languages and over the run's.</summary>
    public (Rate All, Rate OfRun) Detectable(int characters)
    {
        characters = Math.Max(1, characters);
        if (_detectable.TryGetValue(characters, out var rates))
            return rates;
        // A text that is shorter is one window.
        string[] windows = [.. Spread([.. _texts.SelectMany(t => Enumerable.Range(0, Math.Max(1, t.Length / characters)), (t, i) => t.Substring(i * characters, Math.Min(characters, t.Length - (i * characters))))])];
        return _detectable[characters] = (Count(_detector.Detect), Count(_detector.DetectOfRun));

        Rate Count(Func<string, string> detect) => new(windows.Count(w => detect(w) == _language), windows.Length);
    }

    private static T[] Spread<T>(T[] windows) => windows.Length <= MostWindows ? windows
        : [.. Enumerable.Range(0, MostWindows).Select(i => windows[(int)((long)i * windows.Length / MostWindows)])];
}
