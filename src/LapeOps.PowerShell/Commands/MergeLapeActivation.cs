using System.Management.Automation;
using LapeOps.Formats;
using LapeOps.PowerShell.Parameters;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Commands;

/// <summary>Adds statistics up: shards of one corpus, or different languages.</summary>
/// <remarks>
/// Counts, totals and blocks add up exactly, sums to the last bits. Several processes, one a GPU or a machine, can so share a corpus, each
/// with its part. What does not belong together is refused: another model, tokenizer, context, type or kind of device, an unfinished run,
/// and the same texts twice. Languages that only one part has stay as they are there.
/// </remarks>
/// <example>
/// <code>Merge-LapeActivation ./shard-*.safetensors -OutPath ./all.safetensors</code>
/// <para>Adds the statistics of several runs up and writes them.</para>
/// </example>
/// <example>
/// <code>$european, $asian | Merge-LapeActivation | Get-LapeNeurons</code>
/// <para>Puts the languages of two measurements together and scores them.</para>
/// </example>
[Cmdlet(VerbsData.Merge, "LapeActivation", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ActivationStatistics))]
public sealed class MergeLapeActivationCommand : PathCmdlet
{
    private readonly List<ActivationStatistics> _parts = [];

    /// <summary>Statistics of Measure-LapeActivation.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = nameof(InputObject))]
    public ActivationStatistics[] InputObject { get; set; } = [];

    /// <summary>The statistics file to write (.safetensors). Without it, the sum stays in memory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutPath { get; set; }

    /// <summary>Replaces an existing file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == nameof(InputObject))
            _parts.AddRange(InputObject);
        else
            base.ProcessRecord();
    }

    private protected override void Read(string path) => _parts.Add(StatisticsFile.Read(path));

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(OutPath, terminating: true, () =>
    {
        // The sum of those that could be read would look like that of all.
        if (Failed)
            return;
        var merged = Work(_ => StatisticsMerge.Merge(_parts));
        if (OutPath is null)
            WriteObject(merged);
        else if (ResolveLiteral(OutPath) is var path && ShouldProcess(path, "Write merged statistics"))
            WriteObject(Write(merged, path));
    });

    private ActivationStatistics Write(ActivationStatistics merged, string path)
    {
        using var alone = OutputLock.Take(path);
        if (File.Exists(path) && !Force)
            throw new LapeException("OutputExists", $"{path} exists. Choose another output path, or replace it with -Force.");
        StatisticsFile.Write(path, merged);
        return new ActivationStatistics(merged.Identity, merged.Activations, path);
    }
}
