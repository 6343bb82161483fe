namespace LapeOps.Host.Tests;

public class ExitCodeTests
{
    [Theory]
    [InlineData(0, "'done'")]
    [InlineData(7, "exit 7")]
    [InlineData(0, "exit 0")]
    [InlineData(3, "function Stop-Here { exit 3 }; function Start-Here { Stop-Here; 'not reached' }; Start-Here")]
    [InlineData(4, "1..3 | ForEach-Object { if ($_ -eq 2) { exit 4 } }")]
    [InlineData(5, "try { exit 5 } finally { 'cleaned' }")]
    [InlineData(6, "trap { exit 6 }; throw 'x'")]
    [InlineData(0, "try { throw 'caught' } catch { }")]
    public void ExitIsHonoured(int expected, string text)
    {
        var result = HostProcess.RunText(text);
        Assert.Equal((expected, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain("not reached", result.Output);
    }

    [Fact]
    public void ExitInACalledScriptEndsThatScript()
    {
        using var folder = new ScriptFolder();
        folder.Write("inner.ps1", "exit 9");
        var result = HostProcess.Run([folder.Write("outer.ps1", "& $PSScriptRoot/inner.ps1; \"inner $LASTEXITCODE\"")]);
        Assert.Equal((0, "inner 9\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void TheExitCodeOfAProgramIsNotThatOfTheScript()
    {
        var result = HostProcess.RunText($"& '{HostProcess.Dotnet}' '{HostProcess.Assembly}' 2> $null; \"program $LASTEXITCODE\"");
        Assert.Equal((0, "program 2\n"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("function Find-It {\n    throw 'no such model'\n}\n'before'\nFind-It\n'after'", 2, "throw 'no such model'", "no such model")]
    [InlineData("'before'\n\n[int]'abc'\n'after'", 3, "[int]'abc'", "Cannot convert value \"abc\"")]
    [InlineData("'before'\nFind-Nothing -At All\n'after'", 2, "Find-Nothing", "'Find-Nothing' is not recognized")]
    [InlineData("'before'\nWrite-Error 'enough' -ErrorAction Stop\n'after'", 2, "Write-Error", "enough")]
    [InlineData("'before'\n$ErrorActionPreference = 'Stop'\nImport-Module NoSuchModule\n'after'", 3, "Import-Module", "'NoSuchModule' was not loaded")]
    public void AnUncaughtErrorEndsTheScriptAndSaysWhereAndWhy(string text, int line, string source, string message)
    {
        using var folder = new ScriptFolder();
        var script = folder.Write("script.ps1", text);
        var result = HostProcess.Run([script]);
        Assert.Equal((1, "before\n"), (result.ExitCode, result.Output));
        Assert.Contains($"{script}:{line}", result.Error);
        Assert.Contains(source, result.Error);
        Assert.Contains(message, result.Error);
    }

    [Fact]
    public void AScriptThatCannotBeParsedRunsNothingAndEachErrorIsShown()
    {
        using var folder = new ScriptFolder();
        var script = folder.Write("script.ps1", "'before'\nforeach ($x) { }\n$b = @(1, 2\n");
        var result = HostProcess.Run([script]);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains($"ParserError: {script}:2\nLine |\n   2 | foreach ($x) {{ }}\n     | Missing 'in'", result.Error);
        Assert.Contains($"ParserError: {script}:4\n", result.Error);
        Assert.Contains("Missing closing ')'", result.Error);
    }
}
