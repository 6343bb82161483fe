using LapeOps.Engine.Tests.Support;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps.Engine.Tests.Transformer;

public sealed class KvCacheTests
{
    private static readonly TinyModel Tiny = new();

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(1, 5)]
    [InlineData(4, 1, 1)]
    public void Any_cut_of_a_row_gives_the_hidden_states_of_the_whole(params int[] pieces)
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        using var scope = torch.NewDisposeScope();
        int[][] rows = [Values.Ids(pieces.Sum(), seed: 1), Values.Ids(pieces.Sum(), seed: 2)];
        var ids = Values.Tensor(rows);
        var whole = model.Transformer.Hidden(ids, Attending.WholeRows(model.Shape, pieces.Sum(), model.Device), FeedForwardTap.None);
        using var cache = new KvCache(model.Shape, 2, pieces.Sum(), model.Device, torch.ScalarType.Float32);
        foreach (var tokens in pieces)
        {
            var past = cache.Length;
            var hidden = model.Transformer.Hidden(ids.narrow(1, past, tokens), Attending.Next(cache, tokens, null, model.Device), FeedForwardTap.None);
            Assert.InRange((hidden - whole.narrow(1, past, tokens)).abs().max().item<float>(), 0, 1e-4f);
        }
        Assert.Equal(pieces.Sum(), cache.Length);
    }

    [Fact]
    public void Padding_on_the_left_changes_nothing_behind_it()
    {
        using var folder = new TempFolder();
        using var model = Tiny.Open(folder);
        using var scope = torch.NewDisposeScope();
        int[] longer = Values.Ids(9, seed: 1), shorter = Values.Ids(5, seed: 2);
        using var cache = new KvCache(model.Shape, 2, 9, model.Device, torch.ScalarType.Float32);
        var padding = torch.tensor(new long[] { 0, 4 });
        var prefill = Next(Values.Tensor(longer[..8], [0, 0, 0, 0, .. shorter[..4]]));
        var decoded = Next(Values.Tensor([longer[8]], [shorter[4]]));
        var batched = torch.cat([prefill, decoded], 1);
        foreach (var (row, ids, start) in new[] { (0, longer, 0), (1, shorter, 4) })
        {
            var alone = model.Transformer.Hidden(Values.Tensor(ids), Attending.WholeRows(model.Shape, ids.Length, model.Device), FeedForwardTap.None)[0];
            Assert.InRange((batched[row].narrow(0, start, ids.Length) - alone).abs().max().item<float>(), 0, 1e-4f);
        }

        torch.Tensor Next(torch.Tensor ids) =>
            model.Transformer.Hidden(ids, Attending.Next(cache, (int)ids.shape[1], padding, model.Device), FeedForwardTap.None);
    }
}
