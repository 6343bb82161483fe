using System.IO.Compression;
using System.Text;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>Masks that are none, or more than masks: the error, the file's name and its bytes. (The Core's tests have every refusal.)</summary>
internal static class HostileMasks
{
    public static SortedDictionary<string, (string ErrorId, string Name, byte[] Bytes)> Cases { get; } = new(StringComparer.Ordinal)
    {
        ["no zip"] = ("TorchArchiveInvalid", "a.neuron.pth", Encoding.ASCII.GetBytes("no zip at all, whatever its name says")),
        ["a pickle that runs a command"] = ("PickleRefused", "a.neuron.pth", Archive("cos\nsystem\n(X\u0004\0\0\0exittR.")),
        ["a pickle that evaluates"] = ("PickleRefused", "a.neuron.pth", Archive("cbuiltins\neval\n(X\u0001\0\0\01tR.")),
        ["a string of two billion bytes"] = ("PickleRefused", "a.neuron.pth", Archive("X\u00ff\u00ff\u00ff\u007fabc.")),
        ["a storage of two billion elements"] = ("TorchArchiveInvalid", "a.neuron.pth", Archive(Tensor(elements: int.MaxValue))),
        ["a million marks"] = ("PickleRefused", "a.neuron.pth", Archive(new string('(', 2_000_000))),
        ["a legacy file of torch"] = ("TorchArchiveInvalid", "a.neuron.pth", [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, .. "."u8, .. new byte[64]]),
        ["a view beyond its storage"] = ("PickleRefused", "a.neuron.pth", Archive(Tensor(elements: 1, size: 2))),
        ["a view of two billion elements"] = ("PickleRefused", "a.neuron.pth", Archive(Tensor(elements: 1, size: int.MaxValue))),
        ["a view of two billion times one element"] = ("PickleRefused", "a.neuron.pth", Archive(Tensor(elements: 1, size: int.MaxValue, stride: 0))),
        ["safetensors of another kind"] = ("MaskFileInvalid", "a.safetensors", [2, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8]),
        ["no safetensors"] = ("SafetensorsInvalid", "a.safetensors", Encoding.ASCII.GetBytes("no safetensors, whatever its name says")),
        ["no JSON"] = ("MaskFileInvalid", "a.json", Encoding.ASCII.GetBytes("{")),
        ["no CSV"] = ("MaskFileInvalid", "a.csv", Encoding.ASCII.GetBytes("a,b\n1")),
        ["an extension that is not known"] = ("MaskFormatUnknown", "a.exe", [0]),
    };

    // Protocol 2, then the letters as bytes.
    private static byte[] Archive(string pickle)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("a/data.pkl", Encoding.Latin1.GetBytes("\u0080\u0002" + pickle));
            Add("a/byteorder", Encoding.ASCII.GetBytes("little"));
            Add("a/data/0", new byte[8]);
            Add("a/version", Encoding.ASCII.GetBytes("3\n"));

            void Add(string name, byte[] content)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    private static string Tensor(int elements, int? size = null, byte stride = 1)
    {
        string Number(int value) => Encoding.Latin1.GetString(BitConverter.GetBytes(value));
        return "]]ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nLongStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ" + Number(elements)
            + "tQK\0J" + Number(size ?? elements) + "\u0085K" + (char)stride + "\u0085\u0089ccollections\nOrderedDict\n)RtRaa.";
    }
}
