using LapeOps.GoldenRunner;

namespace LapeOps.Core.Tests.Masks;

public class MaskGoldenTests
{
    public static TheoryData<string> Cases => GoldenData.Names(() => MaskGolden.Files);

    [Theory, MemberData(nameof(Cases))]
    public void Published_masks_have_their_sizes_and_come_back_as_torch_wrote_them(string file) => GoldenData.Check(file, MaskGolden.Run);
}
