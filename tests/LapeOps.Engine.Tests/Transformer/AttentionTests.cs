using LapeOps.Engine.Tests.Support;

namespace LapeOps.Engine.Tests.Transformer;

/// <summary>Attention of whole rows against plain loops in double precision, at lengths that blocks of queries and panels of keys leave remainders of.</summary>
public sealed class AttentionTests
{
    [Theory]
    [InlineData(1, 16, 2), InlineData(15, 16, 2), InlineData(16, 16, 4), InlineData(17, 16, 1), InlineData(47, 32, 2), InlineData(48, 16, 2)]
    [InlineData(49, 16, 2), InlineData(64, 16, 2), InlineData(100, 48, 1), InlineData(100, 24, 2)]
    public void A_row_of_any_length_is_that_of_plain_loops(int tokens, int headWidth, int keyValueHeads)
    {
        var tiny = new TinyModel { HeadWidth = headWidth, KeyValueHeads = keyValueHeads, Context = 128 };
        using var folder = new TempFolder();
        using var model = tiny.Open(folder);
        var ids = Values.Ids(tokens, seed: tokens);
        Assert.InRange(Values.Off(new PlainLlama(tiny, tiny.Weights()).Forward(ids), new ModelView(model).LogitsOf(ids)), 0, 1e-5);
    }
}
