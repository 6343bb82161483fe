using LapeOps.GoldenRunner;

namespace LapeOps.Core.Tests.Evaluation;

public class EvaluationGoldenTests
{
    public static TheoryData<string> StatisticsCases => GoldenData.Names(() => StatisticsGolden.Files);

    public static TheoryData<string> AgreementCases => GoldenData.Names(() => AgreementGolden.Files);

    [Theory, MemberData(nameof(StatisticsCases))]
    public void Paired_tests_and_diagonal_figures_are_those_of_the_reference(string file) => GoldenData.Check(file, StatisticsGolden.Run);

    [Theory, MemberData(nameof(AgreementCases))]
    public void Agreement_of_masks_is_that_of_the_reference(string file) => GoldenData.Check(file, AgreementGolden.Run);
}
