using LapeOps.Formats.Pickle;
using LapeOps.Masks;
using static LapeOps.Core.Tests.Formats.ArchiveBuilder;

namespace LapeOps.Core.Tests.Formats;

public sealed class HostileArchiveTests : IDisposable
{
    private static readonly byte[] _small = ZipBytes([("a/data.pkl", Pickle($"]q\0]q\u0001{Tensor("0", 2, 0, [2], [1])}aa")), ("a/data/0", Longs(3, 5)), ("a/version", "3\n"u8.ToArray())]);

    private readonly ArchiveBuilder _files = new();

    public void Dispose() => _files.Dispose();

    public static TheoryData<string, string> Pickles => new()
    {
        { "os.system", $"cos\nsystem\n({Text("exit 1")}tR" },
        { "builtins.eval", $"cbuiltins\neval\n({Text("1")}tR" },
        { "an allowed name that is no function here", $"{Long})R" },
        { "a call of something that is no name", $"{Text("x")})R" },
        { "a call with other arguments", $"{Rebuild}(K\0tR" },
        { "an ordered dictionary with content", $"{Ordered}(]tR" },
        { "hooks", $"{Rebuild}(({Text("storage")}{Long}{Text("0")}{Text("cpu")}K\u0002tQK\0K\u0002\u0085K\u0001\u0085\u0089{Ordered})R{Text("k")}NstR" },
        { "names in place of values", $"]{Long}a" },
        { "a name as the object", Long },
        { "a storage as the object", $"({Text("storage")}{Long}{Text("0")}{Text("cpu")}K\u0002tQ" },
        { "INST", "(ios\nsystem\n" },
        { "OBJ", "(K\u0001o" },
        { "BUILD", "]}b" },
        { "NEWOBJ", $"{Ordered})\u0081" },
        { "EXT1", "\u0082\u0001" },
        { "STACK_GLOBAL", $"{Text("os")}{Text("system")}\u0093" },
        { "PERSID in text", "P0\n" },
        { "another protocol", "\u0080\u0004N" },
        { "LONG4 of 2 GB", "\u008b\u00ff\u00ff\u00ff\u007f" },
        { "LONG1 of 9 bytes", "\u008a\u0009123456789" },
        { "a string of 4 GB", "X\u00ff\u00ff\u00ff\u00ff" },
        { "a string that is not UTF-8", "X\u0001\0\0\0\u00ff" },
        { "a name without an end", "c" + new string('x', 1000) },
        { "a persistent id that is a number", "K\u0001Q" },
        { "a persistent id of another kind", $"({Text("module")}{Long}{Text("0")}{Text("cpu")}K\u0002tQ" },
        { "a persistent id with a negative size", $"({Text("storage")}{Long}{Text("0")}{Text("cpu")}{Int(-1)}tQ" },
        { "an empty stack", "a" },
        { "no mark", "]e" },
        { "values below the mark", "](a" },
        { "an odd number of pairs", "}(Nu" },
        { "a key that is a list", "}(]Nu" },
        { "a key twice", $"}}({Text("k")}N{Text("k")}Nu" },
        { "nothing in the memo", "h\u0005" },
        { "two objects", "NN" },
        { "no object", "" },
        { "an open mark", "N(" },
        { "a list in itself", "]q\0h\0a" },
        { "a list in itself by way of another", "]q\0]q\u0001h\0aa" },
        { "a dictionary in itself", $"}}q\0{Text("k")}h\0s" },
        { "a list in a tuple in itself", "]q\0h\0\u0085a" },
        { "a closed list filled again", "]]q\u0001ah\u0001Na" },
        { "two strides for one size", Tensor("0", 2, 0, [2], [1, 1]) },
        { "a tensor that is not contiguous", Tensor("0", 2, 0, [1, 2], [1, 2]) },
        { "a tensor beyond its storage", Tensor("0", 2, 1, [2], [1]) },
        { "a negative offset", Tensor("0", 2, -1, [2], [1]) },
        { "a negative size", Tensor("0", 2, 0, [-1], [1]) },
        { "sizes whose product overflows", Tensor("0", 2, 0, [int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue], [1, 1, 1, 1, 1, 1, 1]) },
        { "seventeen sizes", Tensor("0", 2, 0, [.. Enumerable.Repeat(1, 17)], [.. Enumerable.Repeat(1, 17)]) },
    };

    [Theory, MemberData(nameof(Pickles))]
    public void Pickles_that_are_not_of_tensors_are_refused(string what, string pickle)
    {
        var path = _files.Zip(Pickle(pickle), ("a/data/0", Longs(3, 5)));
        var error = Assert.Throws<LapeException>(() => TorchArchive.Open(path));
        Assert.True(error.ErrorId == "PickleRefused" && error.Message.Contains(path), $"{what}: {error.Message}");
    }

    [Theory]
    [InlineData("two billion elements", 2_000_000_000)]
    [InlineData("one element too many", 3)]
    [InlineData("one element too few", 1)]
    public void A_storage_that_is_announced_with_another_size_costs_nothing(string what, int elements)
    {
        var path = _files.Zip(Pickle(Tensor("0", elements, 0, [elements], [1])), ("a/data/0", Longs(3, 5)));
        Assert.Throws<LapeException>(() => TorchArchive.Open(path));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<LapeException>(() => TorchArchive.Open(path));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000, what);
        Assert.Equal("TorchArchiveInvalid", error.ErrorId);
    }

    [Theory]
    [InlineData("marks", "(")]
    [InlineData("lists", "]")]
    [InlineData("memo", "r\u0001\u0001\u0001\u0001")]
    public void Bombs_of_opcodes_are_refused_early(string what, string opcode)
    {
        var path = _files.Zip(Pickle("]" + string.Concat(Enumerable.Repeat(opcode, 1_500_000))));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("PickleRefused", Assert.Throws<LapeException>(() => TorchArchive.Open(path)).ErrorId);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 250_000_000, what);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        for (var length = 0; length < _small.Length; length++)
        {
            var path = _files.File(_small[..length]);
            Assert.Equal("TorchArchiveInvalid", Assert.Throws<LapeException>(() => MaskFile.Read(path, ["en"])).ErrorId);
        }
        Assert.Equal([3, 5], MaskFile.Read(_files.File(_small), ["en"]).Neurons("en", 0).ToArray());
    }

    [Fact]
    public void A_file_with_any_byte_changed_gives_a_mask_or_one_clear_error()
    {
        for (var i = 0; i < _small.Length * 3; i++)
        {
            byte[] bytes = [.. _small];
            bytes[i / 3] = (byte)(i % 3 == 0 ? bytes[i / 3] ^ 1 : i % 3 == 1 ? 0xff : 0);
            var path = _files.File(bytes);
            var error = Record.Exception(() => MaskFile.Read(path, ["en"]));
            Assert.True(error is null or LapeException, $"byte {i / 3}: {error}");
        }
    }

    public static TheoryData<string, byte[]> Zips => new()
    {
        { "compressed", ZipBytes([("a/data.pkl", Pickle(new string(']', 1000) + new string('a', 999)))], System.IO.Compression.CompressionLevel.Optimal) },
        { "a record twice", ZipBytes([("a/data.pkl", Pickle("N")), ("a/version", [51]), ("a/version", [51])]) },
        { "two pickles", ZipBytes([("a/data.pkl", Pickle("N")), ("b/data.pkl", Pickle("N"))]) },
        { "no pickle", ZipBytes([("a/version", [51])]) },
        { "big-endian", ZipBytes([("a/data.pkl", Pickle("N")), ("a/byteorder", "big"u8.ToArray())]) },
        { "an empty zip", ZipBytes([]) },
        { "a wrong checksum", Patch(_small, "PK\u0001\u0002", 0, 16, 4, 1) },
        { "encrypted", Patch(_small, "PK\u0001\u0002", 0, 8, 2, 1) },
        { "a stored size that is not the size", Patch(_small, "PK\u0001\u0002", 0, 20, 4, 1) },
        { "a size beyond the file", Patch(Patch(_small, "PK\u0001\u0002", 1, 20, 4, 1 << 30), "PK\u0001\u0002", 1, 24, 4, 1 << 30) },
        { "a size over the next record", Patch(Patch(Patch(_small, "PK\u0001\u0002", 0, 20, 4, 200), "PK\u0001\u0002", 0, 24, 4, 200), "PK\u0003\u0004", 0, 18, 4, 200) },
        { "zip64 sizes that are not there", Patch(_small, "PK\u0001\u0002", 0, 24, 4, uint.MaxValue) },
        { "a local header elsewhere", Patch(_small, "PK\u0001\u0002", 1, 42, 4, 3) },
        { "a local header of another record", Patch(_small, "PK\u0001\u0002", 2, 42, 4, 0) },
        { "more records than the directory holds", Patch(Patch(_small, "PK\u0005\u0006", 0, 8, 2, 60_000), "PK\u0005\u0006", 0, 10, 2, 60_000) },
        { "fewer records than the directory holds", Patch(_small, "PK\u0005\u0006", 0, 10, 2, 1) },
        { "a directory elsewhere", Patch(_small, "PK\u0005\u0006", 0, 16, 4, 10) },
        { "a directory of 4 GB", Patch(_small, "PK\u0005\u0006", 0, 12, 4, uint.MaxValue) },
        { "several disks", Patch(_small, "PK\u0005\u0006", 0, 4, 2, 1) },
        { "not a zip file", new byte[100] },
    };

    [Theory, MemberData(nameof(Zips))]
    public void Zip_files_that_lie_are_refused(string what, byte[] bytes)
    {
        var path = _files.File(bytes);
        var error = Assert.Throws<LapeException>(() => TorchArchive.Open(path));
        Assert.True(error.ErrorId == "TorchArchiveInvalid" && error.Message.Contains(path), $"{what}: {error.Message}");
    }

    [Fact]
    public void Tensors_that_share_a_storage_cannot_announce_more_than_the_file_holds()
    {
        var tensor = Tensor("0", 1000, 0, [1000], [1]);
        var path = _files.Zip(Pickle($"](]q\0({tensor}q\u0001{string.Concat(Enumerable.Repeat("h\u0001", 999))}e{string.Concat(Enumerable.Repeat("h\0", 99))}e"), ("a/data/0", new byte[8000]));
        var error = Assert.Throws<LapeException>(() => MaskFile.Read(path, [.. Enumerable.Range(0, 100).Select(i => $"l{i}")]));
        Assert.Contains("more indices than the file holds", error.Message);
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Equal("FileNotFound", Assert.Throws<LapeException>(() => TorchArchive.Open("no-such.pth")).ErrorId);
}
