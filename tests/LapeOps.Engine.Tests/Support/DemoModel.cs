using LapeOps.GoldenRunner;

namespace LapeOps.Engine.Tests.Support;

/// <summary>The demo model: of the repository's examples, else of ../shared.</summary>
internal static class DemoModel
{
    private static readonly Lazy<LanguageModel> Opened = new(() => LanguageModel.Open(Folder!, "cpu"));

    public static string? Folder { get; } = new[]
    {
        Reference.RepositoryRoot is { } root ? Path.Combine(root, "examples", "demo") : null,
        Reference.Shared("models/demo"),
    }.FirstOrDefault(folder => folder is not null && File.Exists(Path.Combine(folder, "config.json")));

    public static string Texts => Path.Combine(Folder!, "texts");

    /// <summary>The model, opened once; skips the test where there is none, and fails it where CI needs one.</summary>
    public static LanguageModel Required()
    {
        Assert.True(Folder is not null || !Reference.Required, "CI needs the demo model, and there is none.");
        Assert.SkipWhen(Folder is null, "There is no demo model in examples/ or ../shared.");
        return Opened.Value;
    }
}
