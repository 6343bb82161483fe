using System.Management.Automation;
using LapeOps.PowerShell.Parameters;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Commands;

/// <summary>Reads activation counts that other programs made.</summary>
/// <remarks>
/// The files are torch's, one a language, with {n, over_zero} as the paper's code writes them or {total_tokens, over_zero} as
/// NJUNLP/Language-Neurons-Alignment does; all files together are one object. A file whose name begins with prefix. has the counts of
/// prompts alone, which are taken off those of the file of the same name without it: what is left are the counts of responses. The counts
/// fit any model of their shape, since the files do not say of which they are. Reading executes nothing.
/// </remarks>
/// <example>
/// <code>Import-LapeActivation ./njunlp/*.pt | Get-LapeNeurons</code>
/// <para>Reads full and prefix counts of several languages and finds the language-specific neurons of the responses.</para>
/// </example>
/// <example>
/// <code>Import-LapeActivation ./data/activation.*.train.llama-7b -Language en, zh | Export-LapeActivation ./llama.safetensors</code>
/// <para>Names the languages in the order of the files and keeps the counts as a file of statistics.</para>
/// </example>
[Cmdlet(VerbsData.Import, "LapeActivation", DefaultParameterSetName = "Path")]
[OutputType(typeof(ActivationStatistics))]
public sealed class ImportLapeActivationCommand : PathCmdlet
{
    private readonly List<string> _paths = [];

    /// <summary>
    /// Names of the languages in the order of the files with full counts. By default what the files' names say: activation.LANGUAGE.MODEL,
    /// else what is before the first dot.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[]? Language { get; set; }

    private protected override void Read(string path) => _paths.Add(path);

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(_paths.FirstOrDefault(), terminating: true, () =>
    {
        // Statistics without the languages that were not found would look whole.
        if (!Failed)
            WriteObject(Work(emitter => CountsFile.Read(_paths, Language, emitter.Warning)));
    });
}
