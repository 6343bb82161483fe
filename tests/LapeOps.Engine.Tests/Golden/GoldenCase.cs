using LapeOps.GoldenRunner;

namespace LapeOps.Engine.Tests.Golden;

/// <summary>What a golden test does with its verdict, and without a reference.</summary>
internal static class GoldenCase
{
    /// <summary>Fails where CI needs the reference and it is absent; elsewhere skips visibly.</summary>
    public static void RequireReference(bool found, string what)
    {
        Assert.True(found || !Reference.Required, $"CI needs {what}, and there is none.");
        Assert.SkipUnless(found, $"There is no {what}.");
    }

    public static void Check(Verdict verdict)
    {
        Assert.SkipWhen(verdict.Outcome == Outcome.Skipped, verdict.Message);
        Assert.True(verdict.Outcome == Outcome.Passed, verdict.Message);
    }
}
