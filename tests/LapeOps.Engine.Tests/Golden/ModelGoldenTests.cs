using LapeOps.GoldenRunner;

namespace LapeOps.Engine.Tests.Golden;

public sealed class ModelGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            if (Reference.Root is null || !Directory.Exists(Path.Combine(Reference.Root, "models")))
                cases.Add("", "");
            else
                foreach (var folder in ModelCases.Folders)
                    foreach (var feature in ModelCases.Features(folder))
                        cases.Add(Path.GetFileName(folder), feature);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_checkpoint_computes_what_transformers_computes(string name, string feature)
    {
        GoldenCase.RequireReference(Reference.Root is not null, "reference (../shared/reference, or LAPE_REFERENCE)");
        var folder = ModelCases.Folders.Single(f => Path.GetFileName(f) == name);
        GoldenCase.Check(ModelCases.Run(folder, feature));
    }
}
