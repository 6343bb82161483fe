using LapeOps.GoldenRunner;

namespace LapeOps.Core.Tests.Statistics;

public class CountsGoldenTests
{
    public static TheoryData<string> Cases => GoldenData.Names(() => CountsGolden.Files);

    [Theory, MemberData(nameof(Cases))]
    public void Published_counts_give_their_neurons_and_come_back_as_torch_wrote_them(string file) => GoldenData.Check(file, CountsGolden.Run);
}
