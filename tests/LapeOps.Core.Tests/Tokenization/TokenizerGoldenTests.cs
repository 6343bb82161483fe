using LapeOps.GoldenRunner;

namespace LapeOps.Tokenization.Tests;

public sealed class TokenizerGoldenTests
{
    public static TheoryData<string> Files => [.. TokenizerGolden.Files.Select(Path.GetFullPath).DefaultIfEmpty("")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Ids_and_texts_are_those_of_the_reference(string goldenFile)
    {
        SkipWithout(goldenFile.Length > 0);
        var verdict = TokenizerGolden.Run(goldenFile);
        Assert.SkipWhen(verdict.Outcome == Outcome.Skipped, verdict.Message);
        Assert.True(verdict.Outcome == Outcome.Passed, verdict.Message);
    }

    [Fact]
    public void The_demo_model_s_prompts_and_rows_have_the_reference_s_ids()
    {
        var folder = Reference.Shared("models/demo");
        SkipWithout(folder is not null);
        Assert.Empty(TokenizerGolden.ModelDifferences(folder!));
    }

    private static void SkipWithout(bool found)
    {
        Assert.True(found || !Reference.Required, "CI needs ../shared, and there is none.");
        Assert.SkipUnless(found, "There is no ../shared beside the repository.");
    }
}
