using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace LapeOps.Host;

/// <summary>From the arguments of a process to the PowerShell command that runs a script with them, read as <c>pwsh -File</c> does.</summary>
public static partial class CommandLine
{
    /// <summary>
    /// The call of a script: <c>-Name</c> stays a parameter, <c>-Name:$false</c> and <c>-Name:$true</c> keep their value, all else is a literal string.
    /// </summary>
    /// <param name="script">The full path of the script.</param>
    /// <param name="arguments">The arguments after the script.</param>
    /// <returns>A statement in which nothing of the arguments can be executed.</returns>
    public static string Of(string script, IEnumerable<string> arguments)
    {
        var call = new StringBuilder("& ").Append(Literal(script));
        foreach (var argument in arguments)
            call.Append(' ').Append(Argument(argument));
        return call.ToString();
    }

    private static string Argument(string argument)
    {
        var match = ParameterPattern().Match(argument);
        if (!match.Success)
            return Literal(argument);
        if (!match.Groups["value"].Success)
            return argument;

        var value = match.Groups["value"].Value;
        return match.Groups["name"].Value + (value.ToLowerInvariant() is "$true" or "$false" or "" ? value : Literal(value));
    }

    private static string Literal(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    // A name as PowerShell's tokenizer knows it, so that -5 and -1.5e3 are values.
    [GeneratedRegex(@"^(?<name>-[\p{L}_?][\w?]*:)(?<value>.*)\z|^-[\p{L}_?][\w?]*\z", RegexOptions.Singleline)]
    private static partial Regex ParameterPattern();
}
