using System.Text.RegularExpressions;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Every script of the repository, and every block of PowerShell in README.md, uses the commands and parameters that there are.</summary>
public sealed partial class ScriptTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    public static TheoryData<string> Scripts()
    {
        string[] extensions = [".ps1", ".psm1", ".psd1"];
        string[] outputs = ["bin", "obj", ".git"];
        var files = Directory.EnumerateFiles(RepositoryFiles.Root, "*.ps*1", SearchOption.AllDirectories)
            .Where(f => extensions.Contains(Path.GetExtension(f)))
            .Select(f => Path.GetRelativePath(RepositoryFiles.Root, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Intersect(outputs).Any());
        return [.. files.Order(StringComparer.Ordinal)];
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_uses_what_there_is(string path) =>
        Assert.Empty(new CommandLines(_session).Errors(File.ReadAllText(Path.Combine(RepositoryFiles.Root, path))));

    [Fact]
    public void The_readme_uses_what_there_is()
    {
        var readme = Path.Combine(RepositoryFiles.Root, "README.md");
        if (!File.Exists(readme))
            return;
        var lines = new CommandLines(_session);
        Assert.Empty(PowerShellBlock().Matches(File.ReadAllText(readme)).SelectMany(block => lines.Errors(block.Groups[1].Value)));
    }

    [Theory]
    [InlineData("Get-LapeNeuron -Statistics s | Set-LapeMask -Language zh", false)]
    [InlineData("Get-LapeNothing", true)]
    [InlineData("if ($true) { 1 | ForEach-Object { Open-LapeModel x -Devise cpu } }", true)]
    [InlineData("Open-LapeModel (", true)]
    public void Mistakes_are_found(string script, bool mistaken) => Assert.Equal(mistaken, new CommandLines(_session).Errors(script).Any());

    [Fact]
    public void The_module_exports_what_its_manifest_names_and_no_more()
    {
        var cmdlets = _session.Run("Get-Command -Module LapeOps -CommandType Cmdlet").Clean().Select(c => c.Text("Name")!);
        Assert.Equal(CommandLines.Cmdlets.Order(), cmdlets.Order());
        Assert.Equal(CommandLines.Aliases, _session.Run("Get-Command -Module LapeOps -CommandType Alias").Clean().Select(c => c.Text("Name")!));
    }

    [Fact]
    public void Every_cmdlet_has_a_file_of_Pester_tests() =>
        Assert.Equal(CommandLines.Cmdlets.Order(),
            Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "tests", "pester"), "*.Tests.ps1").Select(f => Path.GetFileName(f)[..^".Tests.ps1".Length]).Order());

    [GeneratedRegex(@"^```powershell\r?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex PowerShellBlock();
}
