using LapeOps.Engine.Tests.Support;

namespace LapeOps.Engine.Tests.Transformer;

/// <summary>Loops of several threads that are begun at once.</summary>
public sealed class HostThreadsTests
{
    [Fact]
    public void Rows_of_many_callers_at_once_are_those_of_one()
    {
        using var folder = new TempFolder();
        using var model = new TinyModel { HeadWidth = 16, Vocabulary = 4000 }.Open(folder);
        var view = new ModelView(model);
        var rows = Enumerable.Range(0, 64).Select(i => Values.Ids(1 + i, seed: i)).ToArray();
        var alone = Array.ConvertAll(rows, view.LogitsOf);

        var together = new float[rows.Length][][];
        Parallel.For(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = view.LogitsOf(rows[i]));

        Assert.Equal(alone, together);
    }
}
