using System.Buffers.Binary;
using System.Text;
using LapeOps.Formats;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>Safetensors files that lie, by what is wrong with them. (The Core's tests have every refusal; these are the dangerous ones.)</summary>
internal static class HostileSafetensors
{
    private const int ManyBytes = 95_000_000;

    public static SortedDictionary<string, Action<string>> Cases { get; } = new(StringComparer.Ordinal)
    {
        ["empty"] = path => File.WriteAllBytes(path, []),
        ["a header of 2^63 bytes"] = path => Write(path, "{}", 0, long.MaxValue),
        ["a header of 100 MB in a small file"] = path => Write(path, "{}", 0, 100_000_000),
        ["a header of 95 MB of tensors"] = path => Write(path, Tensors(ManyBytes), 0),
        ["a header of 30 MB of tensors"] = path => Write(path, Tensors(30_000_000), 0),
        ["a header of 95 MB of one string"] = path => Write(path, "{\"__metadata__\":{\"a\":\"" + new string('x', ManyBytes) + "\"}}", 0),
        ["a header of 30 MB of brackets"] = path => Write(path, new string('[', 30_000_000), 0),
        ["truncated data"] = path => Write(path, """{"a":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}}""", 3999),
        ["overlapping data"] = path => Write(path, """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[4,12]}}""", 12),
        ["a tensor of 2^62 bytes"] = path => Write(path, """{"a":{"dtype":"U8","shape":[4611686018427387904],"data_offsets":[0,4611686018427387904]}}""", 8),
        ["offsets beyond 64 bits"] = path => Write(path, """{"a":{"dtype":"U8","shape":[8],"data_offsets":[18446744073709551616,18446744073709551624]}}""", 8),
    };

    private static string Tensors(int bytes)
    {
        var header = new StringBuilder("{", bytes + 200);
        for (var i = 0; header.Length < bytes; i++)
            header.Append(i == 0 ? "\"" : ",\"").Append(i).Append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        return header.Append('}').ToString();
    }

    private static void Write(string path, string header, int data, long? length = null) => AtomicFile.Write(path, stream =>
    {
        var json = Encoding.UTF8.GetBytes(header);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, length ?? json.Length);
        stream.Write(prefix);
        stream.Write(json);
        stream.Write(new byte[data]);
    });
}
