using LapeOps.Engine.Tests.Support;
using LapeOps.GoldenRunner;

namespace LapeOps.Engine.Tests.Golden;

public sealed class GemmaGoldenTests
{
    // Steering holds by the cmdlets, in LapeOps.PowerShell.Tests.
    public static TheoryData<string> Features => [.. RealModelGolden.Features(GemmaModel.Golden ?? "").Except(["steering"])];

    [Theory, MemberData(nameof(Features))]
    public void A_real_model_computes_what_transformers_computes(string feature) =>
        GoldenCase.Check(ModelCases.RunReal(GemmaModel.Required(), GemmaModel.Golden!, GemmaModel.Corpora!, feature));
}
