using LapeOps.GoldenRunner;

namespace LapeOps.Core.Tests.Scoring;

public class ScoringGoldenTests
{
    public static TheoryData<string> Cases => GoldenData.Names(() => ScoringGolden.Files);

    public static TheoryData<string> RandomCases => GoldenData.Names(() => ScoringGoldenRandom.Files);

    [Theory, MemberData(nameof(Cases))]
    public void Lape_selects_what_the_reference_selects(string file) => GoldenData.Check(file, ScoringGolden.Run);

    [Theory, MemberData(nameof(RandomCases))]
    public void Random_neurons_have_the_properties_of_the_reference(string file) => GoldenData.Check(file, ScoringGoldenRandom.Run);
}
