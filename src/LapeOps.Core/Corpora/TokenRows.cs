using LapeOps.Statistics;
using LapeOps.Tokenization;

namespace LapeOps.Corpora;

/// <summary>How a language's tokens become rows (METHOD.md, "Rows and counting").</summary>
/// <param name="Context">Tokens a row, row start included.</param>
/// <param name="RowStart">Ids in front of each row, neither counted nor predicted; empty with RowStart None.</param>
/// <param name="HoldOut">The last rows of each language, kept from counting; at most a fifth of its rows.</param>
/// <param name="MaxTokens">One cap for every language; the official code's by default.</param>
/// <param name="RowsPerGroup">Rows that are computed together.</param>
public sealed record RowPlan(int Context, IReadOnlyList<int> RowStart, int HoldOut = 8, long MaxTokens = RowPlan.OfficialMaxTokens, int RowsPerGroup = 1)
{
    /// <summary>What the official code counts of each language: 24,414 rows of 4,096 tokens.</summary>
    public const long OfficialMaxTokens = 99_999_744;

    /// <summary>Text tokens a row.</summary>
    public int TextTokens => Context - RowStart.Count;

    /// <summary>Refuses a plan that no corpus could be cut by.</summary>
    /// <exception cref="LapeException">ParameterOutOfRange.</exception>
    public void Validate()
    {
        Require(TextTokens >= 2, $"a context of {Context} leaves {TextTokens} text tokens after a row start of {RowStart.Count}: give at least {RowStart.Count + 2}");
        Require(HoldOut >= 0, $"{HoldOut} rows cannot be held out: give 0 or more");
        Require(MaxTokens >= 1, $"a cap of {MaxTokens} tokens leaves none: give 1 or more");
        Require(RowsPerGroup >= 1, $"a batch of {RowsPerGroup} rows is none: give 1 or more");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new LapeException("ParameterOutOfRange", $"Rows cannot be made: {otherwise}.");
    }
}

/// <summary>The token rows of one language: counted rows first, then those held out for perplexity.</summary>
public sealed class TokenRows
{
    private readonly IdStore _tokens;

    private TokenRows(string language, RowPlan plan, IdStore tokens, LanguageRows rows, DocumentFacts documents)
    {
        Language = language;
        Plan = plan;
        _tokens = tokens;
        Rows = rows;
        Documents = documents;
    }

    /// <summary>Name of the language.</summary>
    public string Language { get; }

    /// <summary>The plan that they were cut by.</summary>
    public RowPlan Plan { get; }

    /// <summary>How many there are, and of what.</summary>
    public LanguageRows Rows { get; }

    /// <summary>The documents that they were made of.</summary>
    public DocumentFacts Documents { get; }

    /// <summary>
    /// Tokenizes a language's documents, packs them one after another, and cuts rows; what fills no row is dropped. Reading ends with the
    /// document that reaches the cap; of the text no more than a document is held, and of the ids no more than a megabyte.
    /// </summary>
    /// <param name="corpus">The language's files.</param>
    /// <param name="reading">How files become documents.</param>
    /// <param name="encode">Text to ids, without special tokens.</param>
    /// <param name="plan">How to cut.</param>
    /// <param name="vocabulary">Ids that files bring are below it.</param>
    /// <param name="stop">Looked at between documents.</param>
    /// <exception cref="LapeException">CorpusTooSmall where fewer than two rows would be counted; the errors of <see cref="TextDocuments"/>.</exception>
    public static TokenRows Cut(LanguageCorpus corpus, CorpusReading reading, Func<string, int[]> encode, RowPlan plan, int vocabulary = int.MaxValue, CancellationToken stop = default) =>
        Cut(corpus, reading, encode, static _ => 0, plan, vocabulary, stop);

    /// <summary>
    /// The same with a tokenizer; where that cuts texts before it merges, no more than a part of a document of text is held either.
    /// </summary>
    /// <exception cref="LapeException">CorpusTooSmall where fewer than two rows would be counted; the errors of <see cref="TextDocuments"/>.</exception>
    public static TokenRows Cut(LanguageCorpus corpus, CorpusReading reading, HuggingFaceTokenizer tokenizer, RowPlan plan, int vocabulary = int.MaxValue, CancellationToken stop = default) =>
        Cut(corpus, reading, text => tokenizer.Encode(text, addSpecialTokens: false, stop), tokenizer.LastSeam, plan, vocabulary, stop);

    private static TokenRows Cut(
        LanguageCorpus corpus, CorpusReading reading, Func<string, int[]> encode, Func<ReadOnlySpan<char>, int> lastSeam, RowPlan plan, int vocabulary, CancellationToken stop)
    {
        plan.Validate();
        using var packing = new Packing(reading, encode, lastSeam, plan, vocabulary);
        foreach (var file in corpus.Files)
            packing.Add(file, stop);
        return Of(corpus.Language, corpus.Hash(), packing.Tokens, packing.Found, plan, packing.Facts);
    }

    /// <summary>Cuts rows from a language's ids.</summary>
    /// <param name="language">Name of the language.</param>
    /// <param name="corpusHash">SHA-256 of what the ids were made from.</param>
    /// <param name="tokens">The ids, documents one after another.</param>
    /// <param name="plan">How to cut.</param>
    /// <exception cref="LapeException">CorpusTooSmall where fewer than two rows would be counted.</exception>
    public static TokenRows FromIds(string language, string corpusHash, IReadOnlyList<int> tokens, RowPlan plan)
    {
        plan.Validate();
        var store = new IdStore();
        store.Append([.. tokens.Take((int)Math.Min(tokens.Count, plan.MaxTokens))]);
        return Of(language, corpusHash, store, tokens.Count, plan, new DocumentFacts());
    }

    private static TokenRows Of(string language, string corpusHash, IdStore tokens, long found, RowPlan plan, DocumentFacts documents)
    {
        var rows = (int)Math.Min(tokens.Count / plan.TextTokens, int.MaxValue);
        var heldOut = Math.Min(plan.HoldOut, rows / 5);
        var counted = rows - heldOut;
        if (counted < 2)
            throw TooSmall(language, plan, found);
        var groups = (counted + plan.RowsPerGroup - 1) / plan.RowsPerGroup;
        return new TokenRows(language, plan, tokens,
            new LanguageRows(corpusHash, found, found - ((long)rows * plan.TextTokens), counted, heldOut, groups), documents);
    }

    /// <summary>The rows of a group of counted rows: first row and how many.</summary>
    public (int First, int Count) Group(int group) =>
        (group * Plan.RowsPerGroup, Math.Min(Plan.RowsPerGroup, Rows.CountedRows - (group * Plan.RowsPerGroup)));

    /// <summary>Writes rows into <paramref name="destination"/>, [count * context] ids, row by row, each with its row start.</summary>
    public void Fill(Span<long> destination, int first, int count)
    {
        Span<int> text = new int[Plan.TextTokens];
        for (var row = 0; row < count; row++)
        {
            var target = destination.Slice(row * Plan.Context, Plan.Context);
            for (var i = 0; i < Plan.RowStart.Count; i++)
                target[i] = Plan.RowStart[i];
            _tokens.Read((long)(first + row) * Plan.TextTokens, text);
            for (var i = 0; i < text.Length; i++)
                target[Plan.RowStart.Count + i] = text[i];
        }
    }

    private static LapeException TooSmall(string language, RowPlan plan, long found)
    {
        var usable = Math.Min(found, plan.MaxTokens);
        var fits = (usable / 2) + plan.RowStart.Count;
        var capped = found > plan.MaxTokens;
        var more = capped ? "a higher cap on tokens" : "more text";
        var advice = usable >= 4 ? $"Use a context of {fits} or less, or {more}." : $"Use {more}.";
        return new("CorpusTooSmall",
            $"The corpus of '{language}' has {found} tokens{(capped ? $", of which the cap leaves {usable}" : "")}, which make fewer than 2 rows to count at a context of {plan.Context}. {advice}");
    }
}
