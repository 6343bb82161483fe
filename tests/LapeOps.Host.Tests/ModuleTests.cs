namespace LapeOps.Host.Tests;

public class ModuleTests
{
    private const string View = """
        <Configuration><ViewDefinitions><View>
          <Name>Sample</Name>
          <ViewSelectedBy><TypeName>Sample.Thing</TypeName></ViewSelectedBy>
          <TableControl>
            <TableHeaders>
              <TableColumnHeader><Label>Who</Label><Width>6</Width></TableColumnHeader>
              <TableColumnHeader><Label>Share</Label><Width>8</Width><Alignment>Right</Alignment></TableColumnHeader>
            </TableHeaders>
            <TableRowEntries><TableRowEntry><TableColumnItems>
              <TableColumnItem><PropertyName>Name</PropertyName></TableColumnItem>
              <TableColumnItem><PropertyName>Share</PropertyName><FormatString>{0:000} %</FormatString></TableColumnItem>
            </TableColumnItems></TableRowEntry></TableRowEntries>
          </TableControl>
        </View></ViewDefinitions></Configuration>
        """;

    private const string Things = "Get-SampleThing -Share 25; Get-SampleThing -Share 50";
    private const string Table = "\nWho       Share\n---       -----\nthing     025 %\nthing     050 %\n\n";

    [Fact]
    public void CmdletsLoadTheirModuleAndItsViews()
    {
        using var folder = new ScriptFolder();
        WriteModule(folder);
        var script = folder.Write("script.ps1", Things);
        var environment = new Dictionary<string, string> { ["PSModulePath"] = Path.Combine(folder.FullName, "modules") };
        var result = HostProcess.Run([script], environment);
        Assert.Equal((0, "", Table), (result.ExitCode, result.Error, result.Output));
    }

    [Fact]
    public void ModulesCanBeImportedByPath()
    {
        using var folder = new ScriptFolder();
        WriteModule(folder);
        var script = folder.Write("script.ps1", "Import-Module $PSScriptRoot/modules/Sample/Sample.psd1\n(Get-SampleThing -Share 1).Name");
        Assert.Equal("thing\n", HostProcess.Run([script]).Output);
    }

    [Fact]
    public void LapeOpsIsFoundByItsName()
    {
        var result = HostProcess.RunText("Import-Module LapeOps; (Get-Module LapeOps).ModuleBase");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(Path.TrimEndingDirectorySeparator(Path.GetFullPath(HostProcess.ModuleFolder)) + "\n", result.Output);
    }

    [Fact]
    public void APowerShellThatIsOlderIsToldSoInOneSentence()
    {
        // To this PowerShell, a manifest that asks for version 99 is what ours is to Windows PowerShell 5.1. It stands alone: no assembly of it could be loaded.
        using var folder = new ScriptFolder();
        var manifest = File.ReadAllText(Path.Combine(HostProcess.ModuleFolder, "LapeOps.psd1")).Replace("'7.6'", "'99.0'", StringComparison.Ordinal);
        var path = folder.Write("LapeOps.psd1", manifest);
        var script = folder.Write("script.ps1", "try { Import-Module $PSScriptRoot/LapeOps.psd1 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }");
        var said = HostProcess.Run([script]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, said.Length);
        Assert.StartsWith("Modules_InsufficientPowerShellVersion", said[0], StringComparison.Ordinal);
        Assert.Contains($"'{path}' requires a minimum PowerShell version of '99.0'", said[1], StringComparison.Ordinal);
    }

    private static void WriteModule(ScriptFolder folder)
    {
        folder.Write("modules/Sample/Sample.psd1", """
            @{
                RootModule = 'Sample.psm1'; ModuleVersion = '1.0'; GUID = 'c3a1b7e0-3f5e-4a55-9d5a-2f8f1f0f8a11'
                FunctionsToExport = 'Get-SampleThing'; CmdletsToExport = @(); AliasesToExport = @(); FormatsToProcess = 'Sample.format.ps1xml'
            }
            """);
        folder.Write("modules/Sample/Sample.psm1", """
            function Get-SampleThing([int]$Share) { [pscustomobject]@{ PSTypeName = 'Sample.Thing'; Name = 'thing'; Share = $Share; Hidden = 1 } }
            """);
        folder.Write("modules/Sample/Sample.format.ps1xml", View);
    }
}
