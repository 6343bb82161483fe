namespace LapeOps.GoldenRunner;

/// <summary>How a golden case ended.</summary>
public enum Outcome
{
    /// <summary>All as expected.</summary>
    Passed,
    /// <summary>Listed as not supported yet, and indeed failing.</summary>
    Skipped,
    /// <summary>Not as expected, or listed as unsupported although it passes.</summary>
    Failed,
}

/// <summary>The outcome of a golden case with what there is to say about it.</summary>
public sealed record Verdict(Outcome Outcome, string Message)
{
    /// <summary>Runs a case. <paramref name="differences"/> returns a line per difference; throwing is a failure, too.</summary>
    public static Verdict Of(string kind, string family, string feature, Func<IEnumerable<string>> differences)
    {
        var listed = NotSupportedYet.Find(kind, family, feature);
        string failures;
        try
        {
            failures = string.Join(Environment.NewLine, differences());
        }
        catch (Exception e) when (listed is not null || e is LapeException)
        {
            failures = e.Message;
        }
        return (failures, listed) switch
        {
            ("", null) => new(Outcome.Passed, ""),
            ("", _) => new(Outcome.Failed, $"{kind}/{family} {feature} passes: take it off the list of what is not supported yet."),
            (_, null) => new(Outcome.Failed, failures),
            _ => new(Outcome.Skipped, listed.Reason),
        };
    }
}
