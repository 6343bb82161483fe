using System.Diagnostics;

namespace LapeOps.Host.Tests;

public class StreamTests
{
    private const string Messages = """
        [CmdletBinding()] param()
        Write-Output 'output'
        Write-Verbose 'verbose'
        Write-Debug 'debug'
        Write-Information 'information'
        Write-Warning 'warning'
        Write-Host 'host' 1 $null @(2, 3) -Separator ',' -ForegroundColor Red
        Write-Host 'no' -NoNewline
        Write-Host ' newline'
        Write-Error 'error'
        'end'
        """;

    [Fact]
    public void StreamsHaveTheirUsualForm()
    {
        var result = HostProcess.RunText(Messages);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("output\nWARNING: warning\nhost,1,,2,3\nno newline\nend\n", result.Output);
        Assert.StartsWith("Write-Error: ", result.Error);
        Assert.Contains("| error\n", result.Error);
    }

    [Fact]
    public void PreferencesOpenTheOtherStreams()
    {
        var result = HostProcess.RunText(Messages, "-Verbose", "-Debug", "-InformationAction", "Continue", "-WarningAction", "SilentlyContinue");
        Assert.Equal("output\nVERBOSE: verbose\nDEBUG: debug\ninformation\nhost,1,,2,3\nno newline\nend\n", result.Output);
    }

    [Fact]
    public void StreamsCanBeRedirectedInTheScript()
    {
        var result = HostProcess.RunText("""
            $all = & { Write-Host 'a'; Write-Warning 'b'; Write-Error 'c'; Write-Output 'd' } *>&1
            $all | ForEach-Object { "$($_.GetType().Name) $_" }
            """);
        Assert.Equal("InformationRecord a\nWarningRecord b\nErrorRecord c\nString d\n", result.Output);
    }

    [Fact]
    public void OutputIsUtf8WithoutByteOrderMarkWhateverTheLocale()
    {
        using var folder = new ScriptFolder();
        var script = folder.Write("script.ps1", "'\u4E2D\u6587 \u20AC \U0001F600'; Write-Error '\u00E9\u00E8'");
        var result = HostProcess.Run([script], new Dictionary<string, string> { ["LC_ALL"] = "C", ["LANG"] = "C" });
        Assert.Equal("\u4E2D\u6587 \u20AC \U0001F600\n", result.Output);
        Assert.Contains("\u00E9\u00E8", result.Error);
    }

    [Fact]
    public void RedirectedOutputHasNeitherProgressNorEscapeSequences()
    {
        var result = HostProcess.RunText("""
            1..3 | ForEach-Object { Write-Progress 'Working' "step $_" -PercentComplete ($_ * 30) -SecondsRemaining 5 }
            Write-Progress 'Working' -Completed
            [pscustomobject]@{ Name = 'a'; Value = 1 }
            Write-Error 'bad'
            """);
        Assert.Equal("\nName Value\n---- -----\na        1\n\n", result.Output);
        Assert.DoesNotContain("Working", result.Error);
        Assert.DoesNotContain('\u001b', result.Error);
    }

    [Fact]
    public void RedirectedOutputIs120ColumnsWide()
    {
        var result = HostProcess.RunText("$Host.UI.RawUI.BufferSize.Width; [pscustomobject]@{ Text = 'x' * 300; Number = 1 }");
        Assert.All(result.Output.Split('\n'), line => Assert.True(line.Length <= 120, line));
        Assert.StartsWith("120\n", result.Output);
    }

    [Fact]
    public void WideCharactersAlign()
    {
        var result = HostProcess.RunText("[pscustomobject]@{ Text = '中文'; Next = '|' }; [pscustomobject]@{ Text = 'abcd'; Next = '|' }");
        Assert.Contains("中文 |\nabcd |\n", result.Output);
    }

    [Theory]
    [InlineData("exit 3")]
    [InlineData("throw 'x'")]
    public void TablesAreWrittenBeforeTheScriptEnds(string end)
    {
        var result = HostProcess.RunText($"[pscustomobject]@{{ Name = 'last words' }}; {end}");
        Assert.Contains("last words\n", result.Output);
    }

    [Fact]
    public void AnEmptyScriptStartsInReasonableTime()
    {
        var watch = Stopwatch.StartNew();
        Assert.Equal(new HostResult(0, "", ""), HostProcess.RunText(""));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }
}
