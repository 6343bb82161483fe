using LapeOps.GoldenRunner;

namespace LapeOps.Chat.Tests;

public sealed class ChatGoldenTests
{
    public static TheoryData<string> Files => [.. ChatGolden.Files.DefaultIfEmpty("")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Conversations_are_rendered_as_the_reference_has_them(string goldenFile)
    {
        Assert.True(goldenFile.Length > 0 || !Reference.Required, "CI needs ../shared, and there is none.");
        Assert.SkipUnless(goldenFile.Length > 0, "There is no ../shared beside the repository.");
        var verdict = ChatGolden.Run(goldenFile);
        Assert.True(verdict.Outcome == Outcome.Passed, verdict.Message);
    }
}
