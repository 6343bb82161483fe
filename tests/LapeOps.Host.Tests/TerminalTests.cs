using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LapeOps.Host.Tests;

/// <summary>What only a terminal gets, on the pseudo-terminal that the command script makes.</summary>
public class TerminalTests
{
    [Fact]
    public void ProgressIsOneLineThatIsErasedAtTheEnd()
    {
        var output = Run(80, """
            'before'
            Write-Progress 'Profiling' 'zh 中文' -PercentComplete 25 -SecondsRemaining 90
            Write-Warning 'between'
            [System.Threading.Thread]::Sleep(150)
            Write-Progress 'Profiling' 'en' -PercentComplete 50
            Write-Progress 'Profiling' -Completed
            'after'
            """);
        const string first = "Profiling: zh 中文 [#####...............]  25% 0:01:30 left";
        const string second = "Profiling: en [##########..........]  50%";
        Assert.Contains($"before\r\n\r{first}\r{new string(' ', first.Length + 2)}\r", output);
        Assert.Contains("WARNING: between", output);
        Assert.Contains($"\r{second}\r{new string(' ', second.Length)}\rafter\r\n", output);
    }

    [Fact]
    public void TheWidthOfTheTerminalIsRespected()
    {
        var output = Run(40, """
            Write-Progress ('Working ' * 10) 'on it' -PercentComplete 10
            Write-Progress 'Working' -Completed
            [pscustomobject]@{ Text = 'x' * 300 }
            """);
        var lines = output.Split('\r', '\n').Select(l => Regex.Replace(l, @"\e\[[0-9;?]*[a-zA-Z]|\e[=>]", ""));
        Assert.All(lines, line => Assert.True(line.Length <= 40, line));
        Assert.Contains("xxx", output);
    }

    private static string Run(int columns, string text)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/script"))
            Assert.Skip("Needs the command script of util-linux for a pseudo-terminal.");
        using var folder = new ScriptFolder();
        var path = folder.Write("script.ps1", text);
        var command = $"stty cols {columns}; '{HostProcess.Dotnet}' '{HostProcess.Assembly}' '{path}'";
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
