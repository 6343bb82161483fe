using System.Text.Json;

namespace LapeOps.GoldenRunner;

/// <summary>The golden cases of models: every folder of reference/models with what can be compared there, and the demo model.</summary>
public static class ModelCases
{
    private const string Kind = "models", Everything = "*";

    /// <summary>The folders of reference/models.</summary>
    public static IReadOnlyList<string> Folders => [.. Reference.Find(Kind, "config.json").Select(path => Path.GetDirectoryName(path)!)];

    /// <summary>What is compared in a folder: each feature, or, where its family is not supported yet, that it is refused.</summary>
    public static IReadOnlyList<string> Features(string folder) =>
        NotSupportedYet.Find(Kind, FamilyOf(folder), Everything) is null ? ModelGolden.Features : [Everything];

    /// <summary>Runs a case of reference/models.</summary>
    public static Verdict Run(string folder, string feature)
    {
        if (feature != Everything)
            return Verdict.Of(Kind, FamilyOf(folder), feature, () => Differences(folder, feature));
        try
        {
            using var model = new ModelGolden(folder);
        }
        catch (LapeException e) when (e.ErrorId != "FamilyUnsupported")
        {
            return new(Outcome.Failed, $"{folder} is of an unsupported family and was refused for something else: {e.ErrorId}: {e.Message}");
        }
        catch (LapeException e)
        {
            return Verdict.Of(Kind, FamilyOf(folder), feature, () => [e.Message]);
        }
        return Verdict.Of(Kind, FamilyOf(folder), feature, () => []);
    }

    /// <summary>Runs a case of a real model, whose golden files and texts may lie elsewhere.</summary>
    public static Verdict RunReal(string modelFolder, string goldenFolder, string texts, string feature) => Verdict.Of("real", FamilyOf(modelFolder), feature, () =>
    {
        using var model = new RealModelGolden(modelFolder, goldenFolder, texts);
        return model.Compare(feature).ToArray();
    });

    private static string[] Differences(string folder, string feature)
    {
        using var model = new ModelGolden(folder);
        return [.. model.Compare(feature)];
    }

    private static string FamilyOf(string folder)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));
        return config.RootElement.GetProperty("model_type").GetString()!;
    }
}
