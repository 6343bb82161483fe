using System.Collections;
using System.Management.Automation.Language;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>What the module's manifest asks for.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void It_asks_for_PowerShell_7_6_of_the_edition_Core()
    {
        var path = Path.Combine(RepositoryFiles.Module, "LapeOps.psd1");
        var tree = Parser.ParseFile(path, out _, out var errors);
        Assert.Empty(errors);
        var manifest = (Hashtable)((HashtableAst)tree.Find(node => node is HashtableAst, searchNestedScriptBlocks: false)).SafeGetValue();
        Assert.Equal("7.6", manifest["PowerShellVersion"]);
        Assert.Equal("Core", manifest["CompatiblePSEditions"]);
        // Windows PowerShell reads a file without a byte order mark in the system's code page.
        Assert.All(File.ReadAllBytes(path), b => Assert.InRange(b, 0, 127));
    }
}
