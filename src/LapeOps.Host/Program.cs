using System.Globalization;
using System.Text;

namespace LapeOps.Host;

/// <summary>The command line: which script to run, and the exit code.</summary>
public static class Program
{
    private const string Usage = """
        usage: LapeOps.Host SCRIPT.ps1 [-Name value] [-Switch] [-Name:value] [value ...]

        Runs a PowerShell script with the LapeOps module, where no PowerShell is installed.
        What follows the script is bound to its parameters; its numbers and files are strings until a parameter's type says otherwise.
        There are the cmdlets of PowerShell's engine (Get-Command lists them), those of LapeOps, and the Write- family.

        Exit code: n after `exit n`; 1 after an error that nothing caught, which also ends the script; 2 for a wrong command line;
        130 after Ctrl+C, 143 after a request to terminate; else 0.
        """;

    /// <summary>Runs the script named by the first argument.</summary>
    /// <param name="args">The script and its arguments, or --help.</param>
    /// <returns>The exit code of the process, as the usage text lists it.</returns>
    public static int Main(string[] args)
    {
        UseUtf8();
        UseSomeCulture();
        switch (args)
        {
            case []:
                Console.Error.WriteLine(Usage);
                return 2;
            case ["-h" or "--help", ..]:
                Console.Out.WriteLine(Usage);
                return 0;
            case [['-', ..], ..]:
                Console.Error.WriteLine($"{args[0]} is no option of LapeOps.Host: the script comes first, then its parameters.");
                return 2;
        }

        var script = Path.GetFullPath(args[0]);
        if (Refusal(script) is { } refusal)
        {
            Console.Error.WriteLine(refusal);
            return 1;
        }

        using var run = new ScriptRun(new ConsoleHost());
        using var signals = new StopSignals(run.Stop);
        var exitCode = run.Invoke(CommandLine.Of(script, args[1..]));
        return signals.ExitCode ?? exitCode;
    }

    private static string? Refusal(string script)
    {
        if (!File.Exists(script))
            return $"The script {script} does not exist.";
        return script.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase) ? null : $"{script} is no PowerShell script: it does not end in .ps1.";
    }

    // Without a locale, as in most containers, PowerShell breaks lines of help inside words.
    private static void UseSomeCulture()
    {
        if (!CultureInfo.CurrentCulture.Equals(CultureInfo.InvariantCulture))
            return;
        try
        {
            var english = CultureInfo.GetCultureInfo("en-US");
            CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = english;
            CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = english;
        }
        catch (CultureNotFoundException)
        {
            // .NET runs in its invariant mode, which has no other.
        }
    }

    // Whatever the locale says: models speak every language. The encoding writes no byte order mark.
    private static void UseUtf8()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Console.OutputEncoding = utf8;
        if (Console.IsInputRedirected)
            Console.SetIn(new StreamReader(Console.OpenStandardInput(), utf8));
    }
}
