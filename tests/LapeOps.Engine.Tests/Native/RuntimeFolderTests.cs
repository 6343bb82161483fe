using LapeOps.Engine.Tests.Support;
using LapeOps.Native;

namespace LapeOps.Engine.Tests.Native;

/// <summary>Runtime folders from hand-made packages, laid out as those with CUDA are, which no test can restore.</summary>
public sealed class RuntimeFolderTests
{
    [Theory]
    [InlineData("win-x64", "{0}.dll")]
    [InlineData("osx-arm64", "lib{0}.dylib")]
    public void Libraries_of_all_packages_come_together(string rid, string name)
    {
        using var folder = new TempFolder();
        var cuda = rid == "win-x64";
        string[] libraries = [.. new[] { "c10", "torch_cpu", "torch", "LibTorchSharp" }.Concat(cuda ? ["c10_cuda", "torch_cuda", "cudnn_ops64_9"] : []).Select(n => string.Format(null, name, n))];
        // One library a package, beside the hash that CUDA's packages bring, and another platform's.
        string[] packages = [.. libraries.Select(library => Package(folder, library, $"runtimes/{rid}/native/{library}", $"runtimes/{rid}/native/{library}.sha", $"runtimes/linux-x64/native/other.so")), folder["libtorch-cuda"]];

        var made = RuntimeFolder.Make(rid, cuda ? RuntimeFlavour.Cuda : RuntimeFlavour.Cpu, packages, folder["out"]);

        Assert.Equal(folder[$"out/runtime/libtorch-2.10.0-torchsharp-0.107.0-{rid}-{(cuda ? "cuda" : "cpu")}"], made);
        Assert.Equal(libraries.Order(), Directory.GetFiles(made).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(made), file => Assert.Null(File.ResolveLinkTarget(file, returnFinalTarget: false)));
        Assert.Equal([made], Directory.GetDirectories(folder["out/runtime"]));
    }

    [Fact]
    public void What_no_package_has_is_named_and_nothing_is_left()
    {
        using var folder = new TempFolder();
        var package = Package(folder, "some", "runtimes/win-x64/native/c10.dll", "runtimes/win-x64/native/torch_cpu.dll");
        var refused = Assert.Throws<LapeException>(() => RuntimeFolder.Make("win-x64", RuntimeFlavour.Cuda, [package], folder["out"]));
        Assert.Equal("RuntimeIncomplete", refused.ErrorId);
        Assert.Contains("c10_cuda.dll for win-x64", refused.Message, StringComparison.Ordinal);
        Assert.Contains(package, refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public void Libraries_in_pieces_are_refused_until_they_are_whole()
    {
        using var folder = new TempFolder();
        string[] packages =
        [
            Package(folder, "part1", "runtimes/win-x64/native/c10.dll", "runtimes/win-x64/native/torch_cpu.dll", "runtimes/win-x64/native/torch.dll", "runtimes/win-x64/native/c10_cuda.dll"),
            Package(folder, "part2-primary", "runtimes/win-x64/native/torch_cuda.dll"),
            Package(folder, "part2-fragment1", "fragments/win-x64/native/torch_cuda.dll.fragment1"),
            Package(folder, "torchsharp", "runtimes/win-x64/native/LibTorchSharp.dll"),
        ];
        var refused = Assert.Throws<LapeException>(() => RuntimeFolder.Make("win-x64", RuntimeFlavour.Cuda, packages, folder["out"]));
        Assert.Equal("RuntimeIncomplete", refused.ErrorId);
        Assert.Contains("part2-fragment1", refused.Message, StringComparison.Ordinal);

        // The packages' build step appends the fragments and deletes them.
        File.Delete(folder["part2-fragment1/fragments/win-x64/native/torch_cuda.dll.fragment1"]);
        Assert.True(File.Exists(Path.Combine(RuntimeFolder.Make("win-x64", RuntimeFlavour.Cuda, packages, folder["out"]), "torch_cuda.dll")));
    }

    [Fact]
    public void Another_platform_is_refused_by_name() =>
        Assert.Equal("PlatformUnsupported", Assert.Throws<LapeException>(() => RuntimeFolder.Make("linux-arm64", RuntimeFlavour.Cpu, [], "nowhere")).ErrorId);

    private static string Package(TempFolder folder, string name, params string[] files)
    {
        foreach (var file in files)
            folder.WriteText($"{name}/{file}", file);
        return folder[name];
    }
}
