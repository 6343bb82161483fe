using System.Management.Automation;
using System.Management.Automation.Language;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Holds PowerShell text against the commands of the loaded module.</summary>
internal sealed class CommandLines(Session session)
{
    /// <summary>Names of the cmdlets that the module's manifest exports.</summary>
    public static IReadOnlyList<string> Cmdlets { get; } = Manifest("CmdletsToExport");

    /// <summary>Names of the aliases that the module's manifest exports.</summary>
    public static IReadOnlyList<string> Aliases { get; } = Manifest("AliasesToExport");

    /// <summary>A command of the module as it was loaded; null for another.</summary>
    public CommandInfo? Command(string name) =>
        session.Runspace.SessionStateProxy.InvokeCommand.GetCommand(name, CommandTypes.Cmdlet | CommandTypes.Alias) is { ModuleName: "LapeOps" } found
            ? (found as AliasInfo)?.ResolvedCommand ?? found
            : null;

    /// <summary>What is wrong with a script: syntax, commands that the module lacks, parameters that they lack.</summary>
    public IEnumerable<string> Errors(string script)
    {
        var tree = Parser.ParseInput(script, out _, out var errors);
        return [.. errors.Select(e => $"{e.Extent.Text}: {e.Message}"), .. tree.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>().SelectMany(Errors)];
    }

    private IEnumerable<string> Errors(CommandAst line)
    {
        if (line.GetCommandName() is not { } name || !name.Contains("-Lape", StringComparison.OrdinalIgnoreCase))
            yield break;
        if (Command(name) is not { } command)
        {
            yield return $"{line}: the module has no {name}";
            yield break;
        }
        foreach (var parameter in line.CommandElements.OfType<CommandParameterAst>())
            if (!command.Parameters.Values.Any(p => p.Aliases.Prepend(p.Name).Contains(parameter.ParameterName, StringComparer.OrdinalIgnoreCase)))
                yield return $"{line}: {name} has no parameter {parameter.ParameterName}";
    }

    private static string[] Manifest(string key)
    {
        var tree = Parser.ParseFile(Path.Combine(RepositoryFiles.Module, "LapeOps.psd1"), out _, out _);
        var table = (System.Collections.Hashtable)((HashtableAst)tree.Find(node => node is HashtableAst, searchNestedScriptBlocks: false)).SafeGetValue();
        return [.. ((object[])table[key]!).Select(name => (string)name)];
    }
}
