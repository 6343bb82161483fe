using LapeOps.Engine.Tests.BadInput;
using LapeOps.Engine.Tests.Support;
using LapeOps.Native;

namespace LapeOps.Engine.Tests.Native;

/// <summary>LAPE_LIBTORCH, in processes of their own: the runtime's libraries in another folder, with what tells its version beside it.</summary>
public sealed class OtherLibtorchTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("2.10.1+cpu")]
    public async Task The_same_version_is_loaded_without_a_word(string? version)
    {
        using var folder = new TempFolder();
        Assert.Contains("no warning", await Devices(Libtorch(folder, version)).Succeeds(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_minor_version_is_a_warning_and_tried()
    {
        using var folder = new TempFolder();
        var printed = await Devices(Libtorch(folder, "2.11.0")).Succeeds();
        Assert.Contains("libtorch 2.11 ", printed, StringComparison.Ordinal);
        Assert.Contains("cpu", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.9.1")]
    [InlineData("1.13.1")]
    [InlineData("3.0.0")]
    public async Task An_older_one_and_another_major_version_say_what_was_found_and_what_is_needed(string version)
    {
        using var folder = new TempFolder();
        var libtorch = Libtorch(folder, version);
        await Devices(libtorch).IsRefused("RuntimeUnsupported", $"libtorch {Version.Parse(version).ToString(2)} at {libtorch}, and TorchSharp needs 2.10", mostMegabytes: 200);
    }

    [Fact]
    public async Task A_folder_without_libraries_and_none_at_all_are_named()
    {
        using var folder = new TempFolder();
        var empty = Directory.CreateDirectory(folder["empty"]).FullName;
        await Devices(empty).IsRefused("RuntimeIncomplete", empty, mostMegabytes: 200);
        await Devices(folder["nowhere"]).IsRefused("RuntimeMissing", folder["nowhere"], mostMegabytes: 200);
    }

    private static Child Devices(string libtorch) => Child.Run(new Dictionary<string, string> { ["LAPE_LIBTORCH"] = libtorch }, "devices");

    // A pip-installed PyTorch: lib/ with the libraries, version.py beside it.
    private static string Libtorch(TempFolder folder, string? version)
    {
        var lib = Directory.CreateDirectory(folder["torch/lib"]).FullName;
        foreach (var file in Directory.GetFiles(RuntimeFolder.PathFor(RuntimeFlavour.Cpu)))
            File.CreateSymbolicLink(Path.Combine(lib, Path.GetFileName(file)), file);
        if (version is not null)
            folder.WriteText("torch/version.py", $"__version__ = '{version}'\ncuda = None\n");
        return lib;
    }
}
