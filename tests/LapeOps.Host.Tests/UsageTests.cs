namespace LapeOps.Host.Tests;

public class UsageTests
{
    [Fact]
    public void NoArgumentsIsAWrongCommandLine()
    {
        var result = HostProcess.Run([]);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("usage:", result.Error);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    public void HelpIsOutput(string option)
    {
        var result = HostProcess.Run([option]);
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("usage:", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void OptionsBeforeTheScriptAreRefused()
    {
        var result = HostProcess.Run(["-Command", "1"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("-Command", result.Error);
    }

    [Fact]
    public void AMissingScriptIsNamed()
    {
        var result = HostProcess.Run(["nowhere.ps1"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{Path.GetFullPath("nowhere.ps1")} does not exist", result.Error);
    }

    [Fact]
    public void AFileThatIsNoScriptIsRefused()
    {
        using var folder = new ScriptFolder();
        var result = HostProcess.Run([folder.Write("script.txt", "'run'")]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(".ps1", result.Error);
        Assert.Empty(result.Output);
    }
}
