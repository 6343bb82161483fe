using LapeOps.Engine.Tests.Golden;
using LapeOps.GoldenRunner;

namespace LapeOps.Engine.Tests.Support;

/// <summary>Gemma 3 270M, unpacked by .ci/run into a folder outside the repository that LAPE_GEMMA names.</summary>
internal static class GemmaModel
{
    /// <summary>Its folder; skips the test where there is none, and fails it where CI needs one.</summary>
    public static string Required()
    {
        var folder = Environment.GetEnvironmentVariable("LAPE_GEMMA");
        GoldenCase.RequireReference(File.Exists(Path.Combine(folder ?? "", "model.safetensors")),
            "Gemma 3 270M in the folder that LAPE_GEMMA names (../shared/models/gemma-3-270m/unpack makes it)");
        return folder!;
    }

    /// <summary>Its golden files.</summary>
    public static string? Golden { get; } = Reference.Shared("models/gemma-3-270m");

    /// <summary>Text in seven languages.</summary>
    public static string? Corpora { get; } = Reference.Shared("corpora");
}
