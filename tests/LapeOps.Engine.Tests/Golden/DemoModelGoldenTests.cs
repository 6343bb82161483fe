using LapeOps.Engine.Tests.Support;
using LapeOps.GoldenRunner;

namespace LapeOps.Engine.Tests.Golden;

public sealed class DemoModelGoldenTests
{
    public static TheoryData<string> Features => [.. RealModelGolden.Features(DemoModel.Folder ?? "")];

    [Theory, MemberData(nameof(Features))]
    public void The_demo_model_computes_what_transformers_computes(string feature)
    {
        var golden = Reference.Shared("models/demo");
        GoldenCase.RequireReference(golden is not null, "../shared/models/demo with its golden files");
        GoldenCase.Check(ModelCases.RunReal(DemoModel.Folder!, golden!, DemoModel.Texts, feature));
    }
}
