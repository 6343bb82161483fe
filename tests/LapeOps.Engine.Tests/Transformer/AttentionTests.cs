using LapeOps.Engine.Tests.Support;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps.Engine.Tests.Transformer;

/// <summary>Attention against plain loops in double precision: at lengths that blocks of queries and panels of keys leave remainders of, and for heads that share keys in every way.</summary>
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

    [Theory]
    [InlineData(4, 4), InlineData(4, 2), InlineData(6, 2), InlineData(4, 1), InlineData(8, 2), InlineData(5, 1), InlineData(14, 2), InlineData(8, 1)]
    public void Tokens_that_come_one_by_one_are_those_of_plain_loops(int heads, int keyValueHeads)
    {
        const int tokens = 21;
        var tiny = new TinyModel { Heads = heads, KeyValueHeads = keyValueHeads, HeadWidth = 24 };
        using var folder = new TempFolder();
        using var model = tiny.Open(folder);
        var rows = Enumerable.Range(0, 3).Select(row => Values.Ids(tokens, seed: row)).ToArray();
        var expected = rows.Select(row => new PlainLlama(tiny, tiny.Weights()).Forward(row)).ToArray();

        using var scope = torch.NewDisposeScope();
        using var cache = new KvCache(model.Shape, rows.Length, tokens, model.Device, torch.ScalarType.Float32);
        for (var token = 0; token < tokens; token++)
        {
            var ids = Values.Tensor([.. rows.Select(row => new[] { row[token] })]);
            var hidden = model.Transformer.Hidden(ids, Attending.Next(cache, 1, null, model.Device), FeedForwardTap.None);
            var logits = model.Transformer.Logits(hidden.squeeze(1)).data<float>().ToArray().Chunk(tiny.Vocabulary).ToArray();
            Assert.InRange(Values.Off([.. expected.Select(row => row[token])], logits), 0, 1e-5);
        }
    }
}
