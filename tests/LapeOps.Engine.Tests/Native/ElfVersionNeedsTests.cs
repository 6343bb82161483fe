using System.Text;
using LapeOps.Native;

namespace LapeOps.Engine.Tests.Native;

public sealed class ElfVersionNeedsTests
{
    private const string Version = "GLIBCXX_3.4.32";

    [Fact]
    public void One_flag_is_set_and_not_one_byte_more()
    {
        var original = Library();
        var at = FlagsAt(original);
        // The runtime folder's copy is mended already.
        original[at] = 0;
        var mended = (byte[])original.Clone();

        Assert.True(ElfVersionNeeds.MakeWeak(mended, Version));
        Assert.Equal([at], Enumerable.Range(0, original.Length).Where(i => mended[i] != original[i]));
        Assert.Equal(2, mended[at] ^ original[at]);

        var twice = (byte[])mended.Clone();
        Assert.True(ElfVersionNeeds.MakeWeak(twice, Version));
        Assert.Equal(mended, twice);
    }

    [Fact]
    public void A_version_that_is_not_needed_changes_nothing()
    {
        var library = Library();
        var original = (byte[])library.Clone();
        Assert.False(ElfVersionNeeds.MakeWeak(library, "GLIBCXX_9.9"));
        Assert.Equal(original, library);
    }

    [Fact]
    public void What_is_no_library_is_refused()
    {
        Assert.Equal("RuntimeIncomplete", Assert.Throws<LapeException>(() => ElfVersionNeeds.MakeWeak(new byte[10], Version)).ErrorId);
        Assert.Equal("RuntimeIncomplete", Assert.Throws<LapeException>(() => ElfVersionNeeds.MakeWeak(Encoding.ASCII.GetBytes(new string('x', 100)), Version)).ErrorId);
    }

    private static byte[] Library()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libLibTorchSharp.so is Linux's.");
        return File.ReadAllBytes(Path.Combine(RuntimeFolder.PathFor(RuntimeFlavour.Cpu), "libLibTorchSharp.so"));
    }

    // The flags of the version's vernaux entry, which follow the hash of its name (System V ABI).
    private static int FlagsAt(byte[] library)
    {
        uint hash = 0;
        foreach (var letter in Version)
        {
            hash = (hash << 4) + letter;
            var high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }
        return library.AsSpan().IndexOf(BitConverter.GetBytes(hash)) + sizeof(uint);
    }
}
