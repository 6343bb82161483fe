using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace LapeOps.Tests.Shared;

/// <summary>A NuGet package made by hand.</summary>
internal sealed record TestPackage(string Id, string Version, string[] Dependencies, params (string Path, byte[] Bytes)[] Files)
{
    private byte[]? _bytes;

    public string FileName => $"{Id}.{Version}.nupkg";

    public string Nuspec => $"""
        <?xml version="1.0" encoding="utf-8"?>
        <package xmlns="http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd"><metadata>
          <id>{Id}</id><version>{Version}</version><authors>Tests</authors><description>A stand-in.</description>
          <dependencies><group targetFramework=".NETStandard2.0">{string.Concat(Dependencies.Select(d => $"<dependency id=\"{d}\" version=\"{Version}\" exclude=\"Build,Analyzers\" />"))}</group></dependencies>
        </metadata></package>
        """;

    /// <summary>The package's file.</summary>
    public byte[] Bytes
    {
        get => _bytes ??= Pack();
        init => _bytes = value;
    }

    /// <summary>Stand-ins of the packages of libtorch with CUDA for Linux: its largest library is in two pieces, as the real ones are.</summary>
    public static TestPackage[] Cuda(int seed = 1)
    {
        const string root = "libtorch-cuda-12.8-linux-x64", native = "runtimes/linux-x64/native/";
        var whole = CudaLibrary(seed);
        return
        [
            new(root, "2.10.0", [$"{root}-part1", $"{root}-part2-primary", $"{root}-part2-fragment1", "TorchSharp"]),
            new($"{root}-part1", "2.10.0", [], (native + "libc10.so", Noise(seed + 1, 3000)), (native + "libtorch_cpu.so", Noise(seed + 2, 20_000)),
                (native + "libtorch.so", Noise(seed + 3, 100)), (native + "libc10_cuda.so", Noise(seed + 4, 100)),
                (native + "../../../../evil.so", Noise(5, 10)), (native + "sub/other.so", Noise(5, 10)), ("runtimes/win-x64/native/c10.dll", Noise(5, 10)), ("evil.so", Noise(5, 10))),
            new($"{root}-part2-primary", "2.10.0", [], (native + "libtorch_cuda.so", whole[..15_000]),
                (native + "libtorch_cuda.so.sha", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(whole))))),
            new($"{root}-part2-fragment1", "2.10.0", [], ("fragments/linux-x64/native/libtorch_cuda.so.fragment1", whole[15_000..])),
        ];
    }

    /// <summary>The library that comes in pieces.</summary>
    public static byte[] CudaLibrary(int seed = 1) => Noise(seed, 25_000);

    private static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private byte[] Pack()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (path, bytes) in Files.Prepend(($"{Id}.nuspec", Encoding.UTF8.GetBytes(Nuspec))))
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(bytes);
            }
        return stream.ToArray();
    }
}
