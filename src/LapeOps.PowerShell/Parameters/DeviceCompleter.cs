using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Completes devices.</summary>
public sealed class DeviceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        new[] { "Auto", "cpu", "cuda", "cuda:0" }
            .Where(d => d.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
            .Select(d => new CompletionResult(d));
}
