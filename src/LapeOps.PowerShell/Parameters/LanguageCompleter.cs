using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Completes languages: those of the statistics that the command line names, else those of the paper.</summary>
public sealed class LanguageCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Languages(fakeBoundParameters["Statistics"])
            .Where(l => l.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
            .Select(l => new CompletionResult(l));

    private static IEnumerable<string> Languages(object? statistics)
    {
        try
        {
            return statistics.Unwrapped() switch
            {
                ActivationStatistics measured => measured.Languages,
                string path when File.Exists(Full(path)) => StatisticsFile.Read(Full(path)).Languages,
                _ => MaskFile.PaperLanguages,
            };
        }
        catch (Exception e) when (e is LapeException or RuntimeException)
        {
            return MaskFile.PaperLanguages;
        }
    }

    // From the session's location, which is not the process's.
    private static string Full(string path) =>
        ScriptBlock.Create("$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($args[0])").Invoke(path)[0].ToString();
}
