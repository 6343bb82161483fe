using LapeOps.Native;

namespace LapeOps.Engine.Tests.Native;

/// <summary>The plan over the file lists of the packages as they are served, for platforms that no test runs on.</summary>
public sealed class LoadPlanTests
{
    private const string Torch = "torch", Binding = "binding";

    [Theory]
    [InlineData("win-x64", "libiomp5md.dll libiompstubs5md.dll uv.dll c10.dll torch_cpu.dll torch.dll LibTorchSharp.dll")]
    [InlineData("osx-arm64", "libomp.dylib libc10.dylib libtorch_cpu.dylib libtorch.dylib libLibTorchSharp.dylib")]
    [InlineData("linux-x64", "libc10.so libtorch_cpu.so libtorch.so libLibTorchSharp.so")]
    public void Libraries_are_loaded_in_this_order(string rid, string expected)
    {
        var plan = LoadPlan.For(rid, RuntimeFlavour.Cpu, Torch, [.. Package(rid).Keys], Binding);
        Assert.Equal(expected.Split(' '), plan.Preload.Select(path => Path.GetFileName(path)));
        Assert.All(plan.Preload.SkipLast(1), path => Assert.Equal(Torch, Path.GetDirectoryName(path)));
        Assert.Equal(Binding, Path.GetDirectoryName(plan.Preload[^1]));
    }

    // On Linux libraries find their neighbours by themselves ($ORIGIN).
    [Theory]
    [InlineData("win-x64")]
    [InlineData("osx-arm64")]
    public void Each_library_comes_after_those_that_it_imports(string rid)
    {
        var imports = Package(rid);
        var loaded = new HashSet<string>();
        foreach (var library in LoadPlan.For(rid, RuntimeFlavour.Cpu, Torch, [.. imports.Keys], Binding).Preload.Select(path => Path.GetFileName(path)))
        {
            Assert.All(imports.GetValueOrDefault(library) ?? [], import => Assert.Contains(import, loaded));
            loaded.Add(library);
        }
    }

    [Theory]
    [InlineData("win-x64", "torch_cpu LibTorchSharp torch_cpu.dll LibTorchSharp.dll")]
    [InlineData("osx-arm64", "torch_cpu LibTorchSharp")]
    [InlineData("linux-x64", "torch_cpu LibTorchSharp")]
    public void The_names_that_TorchSharp_asks_for_are_answered(string rid, string names)
    {
        var plan = LoadPlan.For(rid, RuntimeFlavour.Cpu, Torch, [.. Package(rid).Keys], Binding);
        Assert.All(names.Split(' '), name => Assert.Contains(plan.Answers[name], plan.Preload));
        Assert.DoesNotContain("torch_cuda", plan.Answers.Keys);
    }

    [Fact]
    public void On_Windows_with_CUDA_every_library_that_is_there_comes_before_torch_cuda()
    {
        string[] cuda = ["cudnn_ops64_9.dll", "cublasLt64_12.dll", "nvrtc64_120_0.dll", "c10_cuda.dll", "torch_cuda.dll"];
        var plan = LoadPlan.For("win-x64", RuntimeFlavour.Cuda, Torch, [.. Package("win-x64").Keys, .. cuda], Binding);
        var order = plan.Preload.Select(path => Path.GetFileName(path)).ToList();
        Assert.All(cuda[..^1], library => Assert.InRange(order.IndexOf(library), 0, order.IndexOf("torch_cuda.dll") - 1));
        Assert.Contains("cudnn_ops64_9", plan.Answers.Keys);
    }

    [Fact]
    public void On_Linux_with_CUDA_torch_cuda_comes_before_torch_and_answers()
    {
        var plan = LoadPlan.For("linux-x64", RuntimeFlavour.Cuda, Torch, [.. Package("linux-x64").Keys, "libc10_cuda.so", "libtorch_cuda.so", "libcudnn.so.9"], Binding);
        Assert.Equal("libc10.so libtorch_cpu.so libc10_cuda.so libtorch_cuda.so libtorch.so libLibTorchSharp.so".Split(' '), plan.Preload.Select(path => Path.GetFileName(path)));
        Assert.Equal(Path.Combine(Torch, "libtorch_cuda.so"), plan.Answers["torch_cuda"]);
    }

    [Theory]
    [InlineData("win-x64", RuntimeFlavour.Cpu, "torch_cpu.dll")]
    [InlineData("osx-arm64", RuntimeFlavour.Cpu, "libc10.dylib")]
    [InlineData("linux-x64", RuntimeFlavour.Cpu, "libtorch.so")]
    [InlineData("win-x64", RuntimeFlavour.Cuda, "c10_cuda.dll")]
    [InlineData("linux-x64", RuntimeFlavour.Cuda, "libc10_cuda.so")]
    [InlineData("osx-arm64", RuntimeFlavour.Cuda, "libc10_cuda.dylib")]
    public void What_is_missing_is_named(string rid, RuntimeFlavour flavour, string missing)
    {
        var refused = Assert.Throws<LapeException>(() => LoadPlan.For(rid, flavour, Torch, [.. Package(rid).Keys.Where(f => f != missing)], Binding));
        Assert.Equal("RuntimeIncomplete", refused.ErrorId);
        Assert.Contains(missing, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux-arm64")]
    [InlineData("win-arm64")]
    [InlineData("osx-x64")]
    public void Another_platform_is_refused_by_name(string rid)
    {
        var refused = Assert.Throws<LapeException>(() => LoadPlan.For(rid, RuntimeFlavour.Cpu, Torch, [], Binding));
        Assert.Equal("PlatformUnsupported", refused.ErrorId);
        Assert.Contains(rid, refused.Message, StringComparison.Ordinal);
        Assert.Contains("linux-x64, win-x64, osx-arm64", refused.Message, StringComparison.Ordinal);
    }

    // The files of a package with what each imports of the others.
    private static Dictionary<string, string[]> Package(string rid)
    {
        using var reader = new StreamReader(typeof(LoadPlanTests).Assembly.GetManifestResourceStream($"libtorch-cpu-{rid}")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .Select(line => line.Split(':')).ToDictionary(parts => parts[0], parts => parts.ElementAtOrDefault(1)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? []);
    }
}
