namespace LapeOps.Host.Tests;

public class ArgumentTests
{
    private const string Typed = """
        [CmdletBinding()]
        param([string]$Model, [int]$Count, [switch]$Flag, [double]$Rate, [string[]]$List, [Parameter(ValueFromRemainingArguments)]$Rest)
        "$Model|$Count|$Flag|$Rate|$($List -join '+')|$($Rest -join '+')"
        """;

    [Theory]
    [InlineData("x|3|True|0||", "-Model", "x", "-Count", "3", "-Flag")]
    [InlineData("a b|0|False|0||", "-Model", "a b", "-Flag:$false")]
    [InlineData("a b|0|True|0||", "-Model:a b", "-Flag:$true")]
    [InlineData("|-5|False|-0.5||", "-Count", "-5", "-Rate", "-0.5")]
    [InlineData("m|1|False|2|l|r+s t", "m", "1", "2", "l", "r", "s t")]
    [InlineData("it's $(1+1) `; \"q\" ‘x’|0|False|0||", "-Model", "it's $(1+1) `; \"q\" ‘x’")]
    [InlineData("モデル|0|False|0||", "-Model", "モデル")]
    public void ArgumentsAreBoundAsPowerShellBindsThem(string expected, params string[] arguments)
    {
        var result = HostProcess.RunText(Typed, arguments);
        Assert.Equal("", result.Error);
        Assert.Equal(expected + "\n", result.Output);
    }

    [Fact]
    public void AScriptWithoutParametersHasArgs()
    {
        var result = HostProcess.RunText("$args.Count; $args", "a", "b c", "-x", "");
        Assert.Equal("4\na\nb c\n-x\n\n", result.Output);
    }

    [Fact]
    public void ScriptsKnowTheirPlace()
    {
        using var folder = new ScriptFolder();
        folder.Write("inner.ps1", "'inner ' + $PSScriptRoot");
        var script = folder.Write("outer.ps1", "$PSScriptRoot; $PSCommandPath; $MyInvocation.MyCommand.Path; . $PSScriptRoot/inner.ps1");
        var result = HostProcess.Run([script]);
        Assert.Equal($"{folder.FullName}\n{script}\n{script}\ninner {folder.FullName}\n", result.Output);
    }

    [Fact]
    public void AnUnknownParameterIsNamed()
    {
        var result = HostProcess.RunText(Typed.Replace("[Parameter(ValueFromRemainingArguments)]$Rest", "$Rest"), "-Nope", "x");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("script.ps1: A parameter cannot be found that matches parameter name 'Nope'", result.Error);
    }

    [Fact]
    public void AValueOfTheWrongTypeIsNamed()
    {
        var result = HostProcess.RunText(Typed, "-Count", "many");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("'Count'", result.Error);
        Assert.Contains("many", result.Error);
    }

    [Fact]
    public void AMissingMandatoryParameterIsAnErrorWhereNobodyCanBeAsked()
    {
        var result = HostProcess.RunText("param([Parameter(Mandatory)][string]$Model) $Model");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("mandatory parameters: Model", result.Error);
        Assert.Empty(result.Output);
    }
}
