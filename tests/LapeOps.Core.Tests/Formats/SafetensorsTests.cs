using System.Buffers.Binary;
using System.Text;
using LapeOps.Formats;

namespace LapeOps.Core.Tests.Formats;

public sealed class SafetensorsTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        using var folder = new TempFolder();
        Write(folder["a.safetensors"]);
        using var file = SafetensorsFile.Open(folder["a.safetensors"]);
        Assert.Equal(["floats", "counts", "none", "scalar", "flags"], file.Entries.Select(e => e.Name));
        Assert.Equal([1f, -2f, float.NaN, 4f, 5f, 6f], file.Read<float>("floats", 2, 3).ToArray());
        Assert.Equal([long.MinValue, long.MaxValue], file.Read<long>("counts").ToArray());
        Assert.Empty(file.Read<double>("none", 0, 4).ToArray());
        Assert.Equal([7], file.Read<byte>("scalar").ToArray());
        Assert.Equal([true, false], file.Read<bool>("flags").ToArray());
        Assert.Equal("[2, 3]", file.Entry("floats").ShapeText);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "ä\n\"", ["b"] = "" }, file.Metadata);
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes_and_data_is_aligned()
    {
        using var folder = new TempFolder();
        Write(folder["a.safetensors"]);
        Write(folder["b.safetensors"]);
        var bytes = File.ReadAllBytes(folder["a.safetensors"]);
        Assert.Equal(bytes, File.ReadAllBytes(folder["b.safetensors"]));
        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes) % 8);
    }

    [Fact]
    public void A_linked_file_is_read_as_the_file_it_links_to()
    {
        using var folder = new TempFolder();
        Write(folder["a.safetensors"]);
        File.CreateSymbolicLink(folder["link.safetensors"], folder["a.safetensors"]);
        using var file = SafetensorsFile.Open(folder["link.safetensors"]);
        Assert.Equal(6, file.Read<float>("floats").Length);
    }

    [Fact]
    public void Writing_replaces_a_longer_file_whole_and_leaves_nothing_beside_it()
    {
        using var folder = new TempFolder();
        folder.Write("a.safetensors", new byte[100_000]);
        Write(folder["a.safetensors"]);
        SafetensorsFile.Open(folder["a.safetensors"]).Dispose();
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failing_writer_leaves_the_old_file_and_nothing_beside_it()
    {
        using var folder = new TempFolder();
        folder.Write("a.bin", "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["a.bin"], stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["a.bin"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("plain.txt/a.bin")]
    [InlineData("folder")]
    public void A_place_that_cannot_be_written_to_is_an_error_with_its_path(string name)
    {
        using var folder = new TempFolder();
        folder.Write("plain.txt", "x");
        Directory.CreateDirectory(folder["folder"]);
        var refused = Assert.Throws<LapeException>(() => AtomicFile.Write(folder[name], stream => stream.WriteByte(1)));
        Assert.Equal("OutputNotWritable", refused.ErrorId);
        Assert.Contains(folder[name], refused.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Files_in_memory_are_written_and_devices_are_not()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "This system has no /dev/shm.");
        Assert.Contains("is a device", Assert.Throws<LapeException>(() => AtomicFile.Write("/dev/full", stream => stream.WriteByte(1))).Message);
        var path = Path.Combine("/dev/shm", Path.GetRandomFileName());
        AtomicFile.Write(path, stream => stream.WriteByte(7));
        Assert.Equal([7], File.ReadAllBytes(path));
        File.Delete(path);
    }

    [Fact]
    public void A_tensor_that_is_missing_or_of_another_type_or_shape_is_an_error_that_names_it()
    {
        using var folder = new TempFolder();
        Write(folder["a.safetensors"]);
        using var file = SafetensorsFile.Open(folder["a.safetensors"]);
        Assert.Null(file.Find("weights"));
        AssertRefused("TensorMissing", "'weights'", () => file.Read<float>("weights"));
        AssertRefused("TensorTypeUnexpected", "'floats' is F32 [2, 3]", () => file.Read<int>("floats"));
        AssertRefused("TensorTypeUnexpected", "F32 [3, 2]", () => file.Read<float>("floats", 3, 2));
        AssertRefused("FileNotFound", "gone.safetensors", () => SafetensorsFile.Open(folder["gone.safetensors"]));
        AssertRefused("FileNotFound", folder.Path, () => SafetensorsFile.Open(folder.Path));

        static void AssertRefused(string errorId, string says, Action read)
        {
            var refused = Assert.Throws<LapeException>(read);
            Assert.Equal(errorId, refused.ErrorId);
            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_closed_file_says_so()
    {
        using var folder = new TempFolder();
        Write(folder["a.safetensors"]);
        var file = SafetensorsFile.Open(folder["a.safetensors"]);
        var floats = file.Read<float>("floats");
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => floats.Span.Length);
    }

    public static TheoryData<string, string, int> Hostile { get; } = new()
    {
        { "an empty header", "", 0 },
        { "no JSON", "hello", 0 },
        { "no object", "[]", 0 },
        { "an unfinished object", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}""", 1 },
        { "something behind the object", """{}{}""", 0 },
        { "a name twice", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2 },
        { "an entry that is no object", """{"a":[1]}""", 0 },
        { "no dtype", """{"a":{"shape":[1],"data_offsets":[0,1]}}""", 1 },
        { "no shape", """{"a":{"dtype":"U8","data_offsets":[0,1]}}""", 1 },
        { "no offsets", """{"a":{"dtype":"U8","shape":[1]}}""", 1 },
        { "an unknown dtype", """{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1 },
        { "a dtype by number", """{"a":{"dtype":"1","shape":[1],"data_offsets":[0,1]}}""", 1 },
        { "a dtype in lower case", """{"a":{"dtype":"u8","shape":[1],"data_offsets":[0,1]}}""", 1 },
        { "two dtypes", """{"a":{"dtype":"U8,I8","shape":[1],"data_offsets":[0,1]}}""", 1 },
        { "an unknown property", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"stride":[1]}}""", 1 },
        { "a negative size", """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1 },
        { "a fractional size", """{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", 1 },
        { "a size that is text", """{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}""", 1 },
        { "a size beyond 64 bits", """{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}}""", 1 },
        { "a size that overflows", """{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0 },
        { "a size that overflows and is nothing", """{"a":{"dtype":"F64","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[0,0]}}""", 0 },
        { "too many dimensions", """{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""", 1 },
        { "three offsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}""", 1 },
        { "one offset", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1 },
        { "offsets in reverse", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1 },
        { "fewer bytes than the shape", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4 },
        { "more bytes than the shape", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8 },
        { "overlapping data", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3 },
        { "the same data twice", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2 },
        { "a gap", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3 },
        { "a gap at the start", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2 },
        { "truncated data", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 3 },
        { "bytes behind the data", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 5 },
        { "metadata that is no text", """{"__metadata__":{"a":1}}""", 0 },
        { "metadata that is no object", """{"__metadata__":"x"}""", 0 },
        { "JSON nested too deep", $$"""{"a":{{new string('[', 200)}}{{new string(']', 200)}}}""", 0 },

    };

    [Theory, MemberData(nameof(Hostile))]
    public void A_header_that_lies_is_refused_with_the_file_s_name(string what, string header, int data)
    {
        using var folder = new TempFolder();
        var json = Encoding.UTF8.GetBytes(header);
        AssertInvalid(folder, what, json.Length, json, data);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(100_000_000)]
    [InlineData(100_000_001)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void A_length_of_header_that_lies_is_refused(long length)
    {
        using var folder = new TempFolder();
        AssertInvalid(folder, "length", length, length == 2 ? "{ }"u8.ToArray() : "{}"u8.ToArray(), 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_file_too_short_for_a_length_is_refused(int bytes)
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.safetensors", new byte[bytes]);
        Assert.Equal("SafetensorsInvalid", Assert.Throws<LapeException>(() => SafetensorsFile.Open(path)).ErrorId);
    }

    private static void AssertInvalid(TempFolder folder, string what, long length, byte[] json, int data)
    {
        var bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        json.CopyTo(bytes, 8);
        var path = folder.Write("a.safetensors", bytes);
        var refused = Assert.Throws<LapeException>(() => SafetensorsFile.Open(path));
        Assert.True(refused.ErrorId == "SafetensorsInvalid", what);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        // Nothing holds the file any more.
        File.Delete(path);
    }

    private static void Write(string path) => SafetensorsWriter.Write(path,
    [
        SafetensorsTensor.Of("floats", [1f, -2f, float.NaN, 4f, 5f, 6f], 2, 3),
        SafetensorsTensor.Of("counts", [long.MinValue, long.MaxValue], 2),
        SafetensorsTensor.Of<double>("none", [], 0, 4),
        SafetensorsTensor.Of<byte>("scalar", [7]),
        SafetensorsTensor.Of("flags", [true, false], 2),
    ], new Dictionary<string, string> { ["b"] = "", ["a"] = "ä\n\"" });
}
