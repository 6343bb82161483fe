using System.Collections;
using System.Diagnostics;
using System.Management.Automation.Language;
using System.Text.Json;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>What the module's manifest asks for and says.</summary>
public sealed class ManifestTests(ModuleFixture module)
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

    [Fact]
    public void Module_assemblies_statistics_and_masks_say_one_version()
    {
        using var session = module.Open();
        var mask = module.New("m.json");
        var version = session.Run("(Get-Module LapeOps).Version.ToString()").Single().ToString();
        session.Run("$n = Get-LapeNeurons $s; $n | Export-LapeMask $mask", ("mask", mask)).Clean();
        using var written = JsonDocument.Parse(File.ReadAllBytes(mask));
        string[] said =
        [
            .. new[] { "LapeOps.PowerShell.dll", "LapeOps.Loader.dll", "lib/LapeOps.Core.dll", "lib/LapeOps.Engine.dll" }
                .Select(file => FileVersionInfo.GetVersionInfo(Path.Combine(RepositoryFiles.Module, file)).ProductVersion!.Split('+')[0]),
            FileVersionInfo.GetVersionInfo(RepositoryFiles.Tasks).ProductVersion!.Split('+')[0],
            session.Run("(Merge-LapeActivation $s).Identity.Version").Single().ToString(),
            .. new[] { "counted_with", "scored_with" }.Select(key => Find(written.RootElement, key)),
        ];
        // Behind a hyphen the manifest has it in a place of its own.
        Assert.All(said, v => Assert.Equal(version, v.Split('-')[0]));
        Assert.Single(said.Distinct());
    }

    private static string Find(JsonElement element, string key) => element.EnumerateObject()
        .Select(p => p.Name == key ? p.Value.GetString() : p.Value.ValueKind == JsonValueKind.Object ? Find(p.Value, key) : null).FirstOrDefault(v => !string.IsNullOrEmpty(v)) ?? "";
}
