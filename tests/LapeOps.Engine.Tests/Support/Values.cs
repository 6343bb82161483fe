using LapeOps.Generation;
using TorchSharp;

namespace LapeOps.Engine.Tests.Support;

/// <summary>From arrays to tensors and back.</summary>
internal static class Values
{
    /// <summary>Random ids below 256.</summary>
    public static int[] Ids(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(256))];
    }

    /// <summary>[rows, tokens] Int64 on the CPU.</summary>
    public static torch.Tensor Tensor(params int[][] rows) =>
        torch.tensor(rows.SelectMany(row => row.Select(id => (long)id)).ToArray(), [rows.Length, rows[0].Length]);

    /// <summary>The logits of one row, [token][vocabulary].</summary>
    public static float[][] LogitsOf(this ModelView view, int[] ids)
    {
        using var scope = torch.NewDisposeScope();
        return [.. view.Logits(Tensor(ids)).data<float>().ToArray().Chunk(view.Model.Shape.Vocabulary)];
    }

    /// <summary>The answer to ids.</summary>
    public static Completion Answer(this ModelView view, int[] ids, GenerationOptions options, int number = 0) =>
        Generator.Answer([new GenerationRequest(view, "", ids, number)], options)[0];

    /// <summary>Largest difference relative to the largest magnitude.</summary>
    public static double Off(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        double[] wanted = [.. expected], found = [.. actual];
        Assert.Equal(wanted.Length, found.Length);
        return wanted.Zip(found, (e, a) => Math.Abs(e - a)).Max() / wanted.Max(Math.Abs);
    }

    public static double Off(double[][] expected, float[][] actual) => Off(expected.SelectMany(e => e), actual.SelectMany(a => a.Select(v => (double)v)));
}
