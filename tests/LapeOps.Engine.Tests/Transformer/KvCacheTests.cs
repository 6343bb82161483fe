using LapeOps.Architectures;
using LapeOps.Engine.Tests.Support;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps.Engine.Tests.Transformer;

public sealed class KvCacheTests
{
    public static TheoryData<string> Families => [.. Family.All.Select(family => family.ModelType)];

    public static TheoryData<string, int[]> Cuts
    {
        get
        {
            // Rows shorter than the window of sliding layers (5), as long, and several times as long.
            int[][] cuts = [[1, 1, 1, 1, 1, 1], [3, 1, 2], [1, 5], [4, 1, 1], [5, 1, 1, 1], [13, 1, 1, 1, 1, 1, 1, 1], [2, 9, 1, 4, 1, 2],
                // Rows of several blocks of queries.
                [50, 1, 1, 1], [16, 20, 1, 20, 1]];
            return [.. Family.All.SelectMany(_ => cuts, (family, cut) => (family.ModelType, cut))];
        }
    }

    [Theory, MemberData(nameof(Cuts))]
    public void Any_cut_of_a_row_gives_the_hidden_states_of_the_whole(string family, int[] pieces)
    {
        using var folder = new TempFolder();
        using var model = new TinyModel { Family = family, HeadWidth = 16 }.Open(folder);
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
    public void Sliding_layers_keep_no_more_than_their_window()
    {
        using var folder = new TempFolder();
        using var model = new TinyModel { Family = "gemma3_text" }.Open(folder);
        const long capacity = 1000, layer = 2 * 2 * 8 * sizeof(float); // keys and values of 2 heads of 8, a token
        Assert.Equal([true, false, true], model.Shape.Sliding);
        Assert.Equal(layer * (5 + capacity + 5), KvCache.BytesFor(model.Shape, 1, capacity, torch.ScalarType.Float32));
    }

    [Theory, MemberData(nameof(Families))]
    public void Padding_on_the_left_changes_nothing_behind_it(string family)
    {
        using var folder = new TempFolder();
        using var model = new TinyModel { Family = family }.Open(folder);
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
