using System.Diagnostics;
using LapeOps.GoldenRunner;

namespace LapeOps.Tokenization.Tests;

public sealed class TokenizerGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (goldenFile, source) in TokenizerGolden.Cases.DefaultIfEmpty(("", "")))
                cases.Add(goldenFile.Length == 0 ? "" : Path.GetFullPath(goldenFile), source);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ids_and_texts_are_those_of_the_reference(string goldenFile, string source)
    {
        SkipWithout(goldenFile.Length > 0);
        var verdict = TokenizerGolden.Run(goldenFile, source);
        Assert.SkipWhen(verdict.Outcome == Outcome.Skipped, verdict.Message);
        Assert.True(verdict.Outcome == Outcome.Passed, verdict.Message);
    }

    [Fact]
    public void All_of_them_hold_without_the_platform_s_globalization()
    {
        SkipWithout(Reference.Root is not null);
        var runner = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "LapeOps.GoldenRunner.dll"), "tokenizers"])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1", ["LAPE_REFERENCE"] = Reference.Root },
        };
        using var process = Process.Start(runner)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains($"{TokenizerGolden.Cases.Count} of {TokenizerGolden.Cases.Count} passed without globalization", output);
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
