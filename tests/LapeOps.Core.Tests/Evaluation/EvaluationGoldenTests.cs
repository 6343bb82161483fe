using LapeOps.GoldenRunner;

namespace LapeOps.Core.Tests.Evaluation;

public class EvaluationGoldenTests
{
    public static TheoryData<string> StatisticsCases => GoldenData.Names(() => StatisticsGolden.Files);

    [Theory, MemberData(nameof(StatisticsCases))]
    public void Paired_tests_and_diagonal_figures_are_those_of_the_reference(string file) => GoldenData.Check(file, StatisticsGolden.Run);
}
