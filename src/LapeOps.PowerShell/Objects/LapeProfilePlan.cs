using LapeOps.Profiling;

namespace LapeOps.PowerShell.Objects;

/// <summary>What Measure-LapeActivation would do for a language, as -WhatIf shows it.</summary>
public sealed class LapeProfilePlan
{
    private LapeProfilePlan(ProfilePlan plan, int language)
    {
        var rows = plan.Languages[language];
        Language = rows.Language;
        Rows = rows.Rows.CountedRows;
        HeldOutRows = rows.Rows.HeldOutRows;
        Tokens = (long)rows.Rows.CountedRows * rows.Plan.TextTokens;
        TokensDropped = rows.Rows.TokensDropped;
        Groups = rows.Rows.Groups;
        Context = rows.Plan.Context;
        BatchSize = rows.Plan.RowsPerGroup;
        MemoryBytes = plan.BytesNeeded;
    }

    /// <summary>Name of the language.</summary>
    public string Language { get; }

    /// <summary>Rows to count.</summary>
    public int Rows { get; }

    /// <summary>Rows kept for perplexity.</summary>
    public int HeldOutRows { get; }

    /// <summary>Positions to count.</summary>
    public long Tokens { get; }

    /// <summary>Tokens that fill no row, or are beyond the cap.</summary>
    public long TokensDropped { get; }

    /// <summary>Groups of rows.</summary>
    public int Groups { get; }

    /// <summary>Tokens a row.</summary>
    public int Context { get; }

    /// <summary>Rows computed together.</summary>
    public int BatchSize { get; }

    /// <summary>Bytes that a group and the totals take, beside the weights.</summary>
    public long MemoryBytes { get; }

    internal static IReadOnlyList<LapeProfilePlan> Of(ProfilePlan plan) =>
        [.. Enumerable.Range(0, plan.Languages.Count).Select(i => new LapeProfilePlan(plan, i))];
}
