using LapeOps.GoldenRunner;

namespace LapeOps.Core.Tests;

/// <summary>Makes theories of golden files: a row a file, or one row that skips (fails with CI=true) where the reference is absent.</summary>
internal static class GoldenData
{
    private const string Absent = "";

    public static TheoryData<string> Names(Func<IReadOnlyList<string>> files) =>
        Reference.Root is null ? [Absent] : [.. files().Select(f => Path.GetRelativePath(Reference.Root, f))];

    public static void Check(string name, Func<string, Verdict> run)
    {
        if (name == Absent)
        {
            Assert.False(Reference.Required, "The golden reference is absent, and CI=true requires it.");
            Assert.Skip("The golden reference (../shared/reference or LAPE_REFERENCE) is absent.");
        }
        var verdict = run(Path.Combine(Reference.Root!, name));
        Assert.SkipWhen(verdict.Outcome == Outcome.Skipped, verdict.Message);
        Assert.True(verdict.Outcome == Outcome.Passed, verdict.Message);
    }
}
