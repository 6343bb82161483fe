using LapeOps.Formats;
using LapeOps.Statistics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace LapeOps.MSBuild.Tasks;

/// <summary>Adds statistics up: shards of one corpus, or different languages. What does not belong together is refused.</summary>
public sealed class MergeLapeActivation : LapeTask
{
    /// <summary>Statistics of MeasureLapeActivation or the cmdlet of that name.</summary>
    [Required]
    public ITaskItem[] Parts { get; set; } = [];

    /// <summary>The statistics file to write; an existing one is replaced.</summary>
    [Required]
    public ITaskItem? OutPath { get; set; }

    /// <summary>The statistics, with the metadata Languages.</summary>
    [Output]
    public ITaskItem? Statistics { get; private set; }

    private protected override void Run()
    {
        At = OutPath;
        var merged = StatisticsMerge.Merge([.. Parts.Select(p => StatisticsFile.ReadCopy(p.GetMetadata("FullPath")))]);
        var path = OutPath!.GetMetadata("FullPath");
        using var alone = OutputLock.Take(path);
        StatisticsFile.Write(path, merged);
        Statistics = new TaskItem(OutPath);
        Statistics.SetMetadata("Languages", string.Join(';', merged.Languages));
        Say($"{OutPath}: {Parts.Length} files, {merged.Languages.Count} languages, {merged.Activations.Sum(a => a.Tokens)} tokens.");
    }
}
