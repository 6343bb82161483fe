using LapeOps.Masks;
using LapeOps.MSBuild.Inputs;
using Microsoft.Build.Framework;

namespace LapeOps.MSBuild.Tasks;

/// <summary>Fails where a mask has moved too far from a committed one.</summary>
public sealed class CheckLapeMask : LapeTask
{
    /// <summary>The mask at hand.</summary>
    [Required]
    public ITaskItem? Mask { get; set; }

    /// <summary>The mask that it is held against; never written.</summary>
    [Required]
    public ITaskItem? Baseline { get; set; }

    /// <summary>
    /// Names of the languages of .neuron.pth files, separated by semicolons, in file order; other formats name them. Those that GenerateLapeMask
    /// gave its mask where none are given.
    /// </summary>
    public string Languages { get; set; } = "";

    /// <summary>How far it may move, from 0 (not at all; where nothing is given) to 1: see <see cref="MaskDrift"/>.</summary>
    public string MaxDrift { get; set; } = "";

    /// <summary>How far it moved.</summary>
    [Output]
    public double Drift { get; private set; }

    private protected override void Run()
    {
        At = Mask;
        var most = Metadata.Number(nameof(MaxDrift), MaxDrift, 0);
        if (most is < 0 or > 1)
            throw new LapeException("SettingInvalid", $"{nameof(MaxDrift)} is {MaxDrift} and has to be from 0 to 1: it is a share.");
        if (!File.Exists(Baseline!.GetMetadata("FullPath")))
            throw new LapeException("BaselineMissing", $"The baseline {Baseline} does not exist. Where the new mask is right, copy it there and commit it: {Mask!.GetMetadata("FullPath")}.");
        var drift = MaskDrift.Between(Read(Baseline), Read(Mask!));
        Drift = drift.Share;
        if (Drift > most)
            throw new LapeException("MaskMoved", FormattableString.Invariant($"The mask moved by {Drift:0.####} against {Baseline}, more than {most:0.####}: {drift}. Where that is meant, copy the new mask over the baseline and commit it; else look at what changed in model, texts or rates."));
        Say(FormattableString.Invariant($"{Mask}: moved by {Drift:0.####} against {Baseline}, at most {most:0.####}."));
    }

    private NeuronMask Read(ITaskItem mask)
    {
        var path = mask.GetMetadata("FullPath");
        var named = Path.GetExtension(path).ToLowerInvariant() is not (".pth" or ".pt");
        return MaskFile.Read(path, named || Metadata.List(Languages is { Length: > 0 } ? Languages : Mask!.GetMetadata(nameof(Languages))) is not { Length: > 0 } languages ? null : languages);
    }
}
