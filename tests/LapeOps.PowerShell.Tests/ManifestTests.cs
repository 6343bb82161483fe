using System.Collections;
using System.Management.Automation.Language;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>What the module's manifest says to a PowerShell that cannot load it, Windows PowerShell 5.1 above all.</summary>
public sealed class ManifestTests(ModuleFixture module) : IDisposable
{
    private static readonly string _path = Path.Combine(RepositoryFiles.Module, "LapeOps.psd1");

    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void It_asks_for_PowerShell_7_6_of_the_edition_Core()
    {
        var tree = Parser.ParseFile(_path, out _, out var errors);
        Assert.Empty(errors);
        var manifest = (Hashtable)((HashtableAst)tree.Find(node => node is HashtableAst, searchNestedScriptBlocks: false)).SafeGetValue();
        Assert.Equal("7.6", manifest["PowerShellVersion"]);
        Assert.Equal("Core", manifest["CompatiblePSEditions"]);
        // Windows PowerShell reads a file without a byte order mark in the system's code page.
        Assert.All(File.ReadAllBytes(_path), b => Assert.InRange(b, 0, 127));
    }

    [Fact]
    public void A_PowerShell_that_is_older_is_told_so_in_one_error_before_any_assembly_is_loaded()
    {
        // To this PowerShell, a manifest that asks for version 99 is what ours is to Windows PowerShell 5.1. It stands alone: no assembly could be loaded.
        using var folder = new TemporaryModule(File.ReadAllText(_path).Replace("'7.6'", "'99.0'", StringComparison.Ordinal));
        var refused = _session.Run("Import-Module $manifest", ("manifest", folder.Manifest)).Fails("Modules_InsufficientPowerShellVersion");
        Assert.Contains("99.0", refused, StringComparison.Ordinal);
        Assert.Contains(folder.Manifest, refused, StringComparison.Ordinal);
    }

    private sealed class TemporaryModule : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lapeops-manifest-");

        public TemporaryModule(string manifest) => File.WriteAllText(Manifest, manifest);

        public string Manifest => Path.Combine(_folder.FullName, "LapeOps.psd1");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
