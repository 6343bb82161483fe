using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Core.Tests.Formats;

/// <summary>Builds torch archives byte by byte, right or wrong, independently of the code under test. Files live as long as it does.</summary>
internal sealed class ArchiveBuilder : IDisposable
{
    public const string Rebuild = "ctorch._utils\n_rebuild_tensor_v2\n", Long = "ctorch\nLongStorage\n", Ordered = "ccollections\nOrderedDict\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("lapeops-archive-").FullName;

    /// <summary>Pickle bytes of Latin-1 text, in which opcodes are written as what they are.</summary>
    public static byte[] Pickle(string text) => Encoding.Latin1.GetBytes("\u0080\u0002" + text + ".");

    public static string Text(string value) => $"X{Latin(BitConverter.GetBytes(value.Length))}{value}";

    public static string Int(int value) => $"J{Latin(BitConverter.GetBytes(value))}";

    /// <summary>A tensor's opcodes: storage key and elements, offset, sizes and strides.</summary>
    public static string Tensor(string key, int elements, int offset, int[] shape, int[] strides, string storage = Long) =>
        $"{Rebuild}(({Text("storage")}{storage}{Text(key)}{Text("cpu")}{Int(elements)}tQ{Int(offset)}({Ints(shape)}t({Ints(strides)}t\u0089{Ordered})RtR";

    public static byte[] Longs(params long[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    /// <summary>A file of stored records, as .NET writes them.</summary>
    public string Zip(byte[] pickle, params (string Name, byte[] Bytes)[] records) => File(ZipBytes([("a/data.pkl", pickle), .. records]));

    public string File(byte[] bytes, string name = "a.pth")
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] ZipBytes((string Name, byte[] Bytes)[] records, System.IO.Compression.CompressionLevel level = System.IO.Compression.CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in records)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        return stream.ToArray();
    }

    /// <summary>The bytes with a little-endian number of so many bytes put at a place behind the n-th occurrence of a signature.</summary>
    public static byte[] Patch(byte[] bytes, string signature, int occurrence, int at, int length, ulong value)
    {
        var place = -1;
        for (var i = 0; i <= occurrence; i++)
            place += 1 + bytes.AsSpan(place + 1).IndexOf(Encoding.Latin1.GetBytes(signature));
        var number = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        byte[] patched = [.. bytes];
        number.AsSpan(0, length).CopyTo(patched.AsSpan(place + at));
        return patched;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Ints(int[] values) => string.Concat(values.Select(Int));

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
