using LapeOps.Native;
using TorchSharp;

namespace LapeOps.Engine.Tests.Native;

public sealed class NativeRuntimeTests
{
    [Fact]
    public void Everything_native_comes_from_one_folder_also_after_CUDA_was_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loaded libraries are read from /proc.");
        NativeRuntime.EnsureLoaded();
        // Asks for the CUDA backend, on a machine without one, too.
        torch.manual_seed(1);
        using var sum = torch.ones([2, 2]).sum();
        Assert.Equal(4, sum.item<float>());

        var loaded = File.ReadLines("/proc/self/maps").Select(line => line[(line.IndexOf('/') is var at and >= 0 ? at : line.Length)..]).Distinct()
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("libtorch", StringComparison.Ordinal)
                || name.StartsWith("libc10", StringComparison.Ordinal) || name.Contains("LibTorchSharp", StringComparison.Ordinal)))
            .ToArray();
        Assert.Contains(loaded, path => path.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal));
        Assert.Contains(loaded, path => path.EndsWith("/libLibTorchSharp.so", StringComparison.Ordinal));
        string[] folders = [NativeRuntime.TorchFolder, RuntimeFolder.PathFor(RuntimeFlavour.Cpu), RuntimeFolder.PathFor(RuntimeFlavour.Cuda)];
        Assert.All(loaded, path => Assert.Contains(Path.GetDirectoryName(path), folders));
    }

    [Fact]
    public void TorchSharp_has_copied_nothing_beside_itself()
    {
        NativeRuntime.EnsureLoaded();
        torch.manual_seed(1);
        var beside = Path.GetDirectoryName(typeof(torch).Assembly.Location)!;
        Assert.False(Directory.Exists(Path.Combine(beside, "cpu")));
        Assert.Empty(Directory.GetDirectories(beside, "cuda-*"));
        Assert.Empty(Directory.GetFiles(beside, "*torch_cpu*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(beside, "libLibTorchSharp*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("cpu", DeviceType.CPU)]
    [InlineData("CPU", DeviceType.CPU)]
    [InlineData("meta", DeviceType.META)]
    public void Devices_go_by_their_names(string name, DeviceType type) => Assert.Equal(type, Devices.Resolve(name).type);

    [Theory]
    [InlineData("gpu", "DeviceUnknown")]
    [InlineData("cuda:x", "DeviceUnknown")]
    [InlineData("cuda:-1", "DeviceUnavailable")]
    [InlineData("cuda:99", "DeviceUnavailable")]
    public void A_device_that_is_not_there_is_refused_by_name(string name, string errorId)
    {
        var refused = Assert.Throws<LapeException>(() => Devices.Resolve(name));
        Assert.Equal(errorId, refused.ErrorId);
        Assert.Contains($"'{name}'", refused.Message, StringComparison.Ordinal);
    }
}
