using LapeOps.Profiling;

namespace LapeOps.PowerShell.Objects;

/// <summary>What Measure-LapeActivation would do for a language, as -WhatIf shows it. Memory and file are those of the whole run.</summary>
public sealed class LapeProfilePlan
{
    private LapeProfilePlan(ProfilePlan plan, int language, ProfileTime time)
    {
        var rows = plan.Languages[language];
        Language = rows.Language;
        Rows = rows.Rows.CountedRows;
        HeldOutRows = rows.Rows.HeldOutRows;
        Tokens = (long)rows.Rows.CountedRows * rows.Plan.TextTokens;
        TokensFound = rows.Rows.TokensFound;
        TokensDropped = rows.Rows.TokensDropped;
        BytesPerToken = rows.Documents.TextBytes == 0 ? null : rows.Documents.TextBytes / (double)rows.Rows.TokensFound;
        DocumentCount = rows.Documents.Count;
        Duplicates = rows.Documents.Duplicates;
        LongestDocument = rows.Documents.LongestCharacters;
        HeldCharacters = rows.Documents.HeldCharacters;
        Groups = rows.Rows.Groups;
        Context = rows.Plan.Context;
        BatchSize = rows.Plan.RowsPerGroup;
        Device = plan.Identity.DeviceKind;
        DType = plan.Identity.DType;
        WeightBytes = plan.Memory.Weights;
        PassBytes = plan.Memory.Pass;
        StatisticsBytes = plan.Memory.Statistics;
        FileBytes = plan.Memory.File;
        Time = time.Of(rows);
    }

    /// <summary>Name of the language.</summary>
    public string Language { get; }

    /// <summary>Rows to count.</summary>
    public int Rows { get; }

    /// <summary>Rows kept for perplexity.</summary>
    public int HeldOutRows { get; }

    /// <summary>Positions to count.</summary>
    public long Tokens { get; }

    /// <summary>Tokens of the documents that were read, which ends with the one that reaches the cap.</summary>
    public long TokensFound { get; }

    /// <summary>Tokens that fill no row, or are beyond the cap.</summary>
    public long TokensDropped { get; }

    /// <summary>UTF-8 bytes of text a token: how well the tokenizer knows the language. Null for ids.</summary>
    public double? BytesPerToken { get; }

    /// <summary>Documents that were read.</summary>
    public long DocumentCount { get; }

    /// <summary>Documents that are one that came before; -Deduplicate leaves them out.</summary>
    public long Duplicates { get; }

    /// <summary>Characters of the longest document.</summary>
    public long LongestDocument { get; }

    /// <summary>
    /// The most characters that are held at once: a whole document, but where it is longer than 32,768 characters, is a text (not .jsonl or
    /// .parquet), and has a tokenizer that cuts texts before it merges.
    /// </summary>
    public int HeldCharacters { get; }

    /// <summary>Whether the longest document is held whole while it becomes tokens.</summary>
    public bool HeldWhole => HeldCharacters == LongestDocument;

    /// <summary>Groups of rows.</summary>
    public int Groups { get; }

    /// <summary>Tokens a row.</summary>
    public int Context { get; }

    /// <summary>Rows computed together.</summary>
    public int BatchSize { get; }

    /// <summary>Kind of the device: cpu or cuda.</summary>
    public string Device { get; }

    /// <summary>What linear layers compute in.</summary>
    public string DType { get; }

    /// <summary>Bytes of the model's weights.</summary>
    public long WeightBytes { get; }

    /// <summary>Bytes of a group's forward pass.</summary>
    public long PassBytes { get; }

    /// <summary>Bytes of the totals on the device.</summary>
    public long StatisticsBytes { get; }

    /// <summary>Bytes of all of it together.</summary>
    public long MemoryBytes => WeightBytes + PassBytes + StatisticsBytes;

    /// <summary>Bytes of the statistics file, of all languages.</summary>
    public long FileBytes { get; }

    /// <summary>
    /// How long counting will take, estimated from the device's speed at products of the model's shape; reading the texts, which was just
    /// done, comes on top. The progress of a run knows better after its first rows.
    /// </summary>
    public TimeSpan Time { get; }

    internal static IReadOnlyList<LapeProfilePlan> Of(ProfilePlan plan, ProfileTime time) =>
        [.. Enumerable.Range(0, plan.Languages.Count).Select(i => new LapeProfilePlan(plan, i, time))];
}
