using System.Management.Automation;
using LapeOps.Formats;
using LapeOps.PowerShell.Parameters;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Commands;

/// <summary>Writes activation counts for other programs, or statistics as a file.</summary>
/// <remarks>
/// A path that ends with .safetensors gets everything, as Measure-LapeActivation -OutPath would. A path that ends with .pth or .pt gets
/// counts in torch's format: {n, over_zero}, or with several languages such a dictionary for each. Any other path is a folder and gets a
/// file for each language, as the paper's code writes them: activation.LANGUAGE.train.MODEL.pth.
/// </remarks>
/// <example>
/// <code>Export-LapeActivation -Path ./data -Statistics ./demo.safetensors</code>
/// <para>Writes a file of counts for each language into a folder, for the paper's identify.py.</para>
/// </example>
/// <example>
/// <code>Import-LapeActivation ./njunlp/*.pt | Export-LapeActivation ./response -Format NjuNlp -PassThru</code>
/// <para>Writes the counts of responses alone in NJUNLP's format and passes the files on.</para>
/// </example>
[Cmdlet(VerbsData.Export, "LapeActivation", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportLapeActivationCommand : ModelCmdlet
{
    private ActivationStatistics? _statistics;

    /// <summary>The file or folder to write; existing files are replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath")]
    public string? Path { get; set; }

    /// <summary>What Measure-, Merge- or Import-LapeActivation wrote, or the path of a file of statistics.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    public object? Statistics { get; set; }

    /// <summary>Whose names the counts get: those of the paper's code (n) or NJUNLP's (total_tokens).</summary>
    [Parameter]
    public CountsFormat Format { get; set; }

    /// <summary>Writes the files' objects.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Path, terminating: true, () =>
    {
        if (_statistics is not null)
            throw new LapeException("StatisticsSeveral", "More than one statistics came, and they would replace each other. Add them up with Merge-LapeActivation, or export each to a path of its own.");
        _statistics = ResolveStatistics(Statistics!);
    });

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Path, terminating: true, () =>
    {
        var path = ResolveLiteral(Path!);
        if (_statistics is null || !ShouldProcess(path, "Write activation counts"))
            return;
        var files = Work(_ => Write(_statistics, path));
        if (PassThru)
            WriteObject(files.Select(f => new FileInfo(f)), enumerateCollection: true);
    });

    private IReadOnlyList<string> Write(ActivationStatistics statistics, string path)
    {
        if (!System.IO.Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
            return CountsFile.Write(statistics, path, Format);
        using var alone = OutputLock.Take(path);
        StatisticsFile.Write(path, statistics);
        return [path];
    }
}
