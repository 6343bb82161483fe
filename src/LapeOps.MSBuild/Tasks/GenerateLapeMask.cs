using LapeOps.Formats;
using LapeOps.Masks;
using LapeOps.MSBuild.Inputs;
using LapeOps.Profiling;
using LapeOps.Scoring;
using LapeOps.Statistics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace LapeOps.MSBuild.Tasks;

/// <summary>
/// Finds the language-specific neurons in statistics (LAPE, arXiv 2402.16438) and writes them as a mask, without the model. A file whose bytes
/// would be the same is left alone.
/// </summary>
public sealed class GenerateLapeMask : LapeTask
{
    /// <summary>Statistics of MeasureLapeActivation.</summary>
    [Required]
    public ITaskItem? Statistics { get; set; }

    /// <summary>The mask file; its extension decides on the format: .neuron.pth, .json, .safetensors or .csv.</summary>
    [Required]
    public ITaskItem? OutPath { get; set; }

    /// <summary>Languages of the mask, separated by semicolons; all of the statistics where none is given. Neurons are found over all of them anyway.</summary>
    public string Languages { get; set; } = "";

    /// <summary>Share of all neurons that are selected; empty for 0.01.</summary>
    public string TopRate { get; set; } = "";

    /// <summary>Quantile of all probabilities above which a neuron is a candidate; empty for 0.95.</summary>
    public string FilterRate { get; set; } = "";

    /// <summary>Quantile of all probabilities above which a neuron belongs to a language; empty for 0.95.</summary>
    public string OwnerRate { get; set; } = "";

    /// <summary>The mask, with the metadata Languages, Neurons (their number) and Changed (true where the file was written).</summary>
    [Output]
    public ITaskItem? Mask { get; private set; }

    private protected override void Run()
    {
        At = OutPath;
        var defaults = new LapeOptions();
        var options = new LapeOptions(
            Metadata.Number(nameof(TopRate), TopRate, defaults.TopRate),
            Metadata.Number(nameof(FilterRate), FilterRate, defaults.FilterRate),
            Metadata.Number(nameof(OwnerRate), OwnerRate, defaults.OwnerRate)).Checked();
        var statistics = StatisticsFile.ReadCopy(Statistics!.GetMetadata("FullPath"));
        var found = Lape.Score(ActivationCounts.Of(statistics), options);
        var mask = found.ToMask(MaskProvenance.Of(statistics, options, found, ProfilePlan.Version));
        if (Metadata.List(Languages) is { Length: > 0 } languages)
            mask = mask.Select(languages);
        var changed = Write(mask, OutPath!.GetMetadata("FullPath"));
        Mask = new TaskItem(OutPath);
        Mask.SetMetadata("Languages", string.Join(';', mask.Languages));
        Mask.SetMetadata("Neurons", FormattableString.Invariant($"{mask.DistinctCount}"));
        Mask.SetMetadata("Changed", changed ? "true" : "false");
        Say($"{OutPath}: {string.Join(", ", mask.Languages.Select(l => $"{l} {mask.Count(l)}"))} neurons{(changed ? "" : "; the same as before")}.");
    }

    // A .neuron.pth holds its own file name, so the new one has to be written under it.
    private static bool Write(NeuronMask mask, string path)
    {
        using var alone = OutputLock.Take(path);
        var folder = path + ".new";
        var written = Path.Combine(folder, Path.GetFileName(path));
        try
        {
            MaskFile.Write(mask, written);
            var bytes = File.ReadAllBytes(written);
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
                return false;
            AtomicFile.Write(path, stream => stream.Write(bytes));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("OutputNotWritable", $"{path} cannot be written: {e.Message} Free the file or its disk.", e);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
