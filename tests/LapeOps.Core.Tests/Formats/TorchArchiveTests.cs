using LapeOps.Formats.Pickle;
using static LapeOps.Core.Tests.Formats.ArchiveBuilder;

namespace LapeOps.Core.Tests.Formats;

public sealed class TorchArchiveTests : IDisposable
{
    private readonly ArchiveBuilder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Counts_are_read_as_a_dictionary_of_a_number_and_a_tensor()
    {
        var pickle = Pickle($"}}q\0({Text("n")}\u008a\u0005{"\u0000\u0000\u0000\u0000\u0001"}{Text("over_zero")}{Tensor("0", 6, 0, [2, 3], [3, 1])}u");
        using var archive = TorchArchive.Open(_files.Zip(pickle, ("a/data/0", Longs(1, 2, 3, 4, 5, 6))));

        var root = Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(archive.Root);
        Assert.Equal(["n", "over_zero"], root.Keys);
        Assert.Equal(1L << 32, root["n"]);
        var tensor = Assert.IsType<TorchTensor>(root["over_zero"]);
        Assert.Equal((TorchType.Long, 6L, "0"), (tensor.Type, tensor.Count, tensor.Name));
        Assert.Equal([2L, 3L], tensor.Shape);
        Assert.Equal([1L, 2, 3, 4, 5, 6], tensor.ReadInt64());
    }

    [Fact]
    public void A_tensor_may_be_a_part_of_its_storage()
    {
        var path = _files.Zip(Pickle(Tensor("0", 6, 3, [1, 3], [99, 1])), ("a/data/0", Longs(1, 2, 3, 4, 5, 6)));
        using var archive = TorchArchive.Open(path);
        Assert.Equal([4L, 5, 6], ((TorchTensor)archive.Root!).ReadInt64());
    }

    [Fact]
    public void Values_of_every_kind_are_read()
    {
        var pickle = Pickle($"](N\u0088\u0089K\u00ffM\u00ff\u00ff{Int(-2)}G\u003f\u00f8\0\0\0\0\0\0{Text("t")}K\u0001\u0085K\u0001K\u0002\u0086K\u0001K\u0002K\u0003\u0087)]K\u0007a}}{Text("k")}Nse");
        using var archive = TorchArchive.Open(_files.Zip(pickle));
        var values = (IReadOnlyList<object?>)archive.Root!;
        Assert.Equal([null, true, false, 255L, 65535L, -2L, 1.5, "t"], values.Take(8));
        Assert.Equal([1, 2, 3, 0], values.Skip(8).Take(4).Select(t => ((TorchTuple)t!).Items.Count));
        Assert.Equal([7L], (IReadOnlyList<object?>)values[12]!);
        Assert.Null(((IReadOnlyDictionary<string, object?>)values[13]!)["k"]);
    }

    [Fact]
    public void A_list_that_stands_twice_is_one_list()
    {
        using var archive = TorchArchive.Open(_files.Zip(Pickle("](]q\u0001K\u0007ah\u0001e")));
        var values = (IReadOnlyList<object?>)archive.Root!;
        Assert.Equal([7L], (IReadOnlyList<object?>)values[0]!);
        Assert.Same(values[0], values[1]);
    }

    [Theory]
    [InlineData("Double", 8)]
    [InlineData("Float", 4)]
    [InlineData("Half", 2)]
    [InlineData("BFloat16", 2)]
    [InlineData("Int", 4)]
    [InlineData("Short", 2)]
    [InlineData("Char", 1)]
    [InlineData("Byte", 1)]
    [InlineData("Bool", 1)]
    public void Every_storage_type_has_its_size(string type, int size)
    {
        var pickle = Pickle(Tensor("0", 3, 1, [2], [1], $"ctorch\n{type}Storage\n"));
        using var archive = TorchArchive.Open(_files.Zip(pickle, ("a/data/0", [.. Enumerable.Range(0, 3 * size).Select(i => (byte)i)])));
        var tensor = (TorchTensor)archive.Root!;
        Assert.Equal(Enumerable.Range(size, 2 * size).Select(i => (byte)i), tensor.ReadBytes());
        if (type == "Int")
            Assert.Equal([0x07060504L, 0x0b0a0908], tensor.ReadInt64());
        else
            Assert.Equal("TensorTypeUnexpected", Assert.Throws<LapeException>(tensor.ReadInt64).ErrorId);
    }

    [Fact]
    public void Ten_thousand_lists_in_each_other_need_no_stack()
    {
        const int depth = 10_000;
        var pickle = Pickle(new string(']', depth) + new string('a', depth - 1));
        object? value = null;
        var thread = new Thread(() =>
        {
            using var archive = TorchArchive.Open(_files.Zip(pickle));
            value = archive.Root;
        }, maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        var lists = 0;
        for (; value is IReadOnlyList<object?> list; lists++)
            value = list.FirstOrDefault();
        Assert.Equal(depth, lists);
    }
}
