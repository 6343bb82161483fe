using LapeOps.Corpora;
using LapeOps.Native;
using LapeOps.Transformers;

namespace LapeOps.Profiling;

/// <summary>A run's plan and time without its weights: from a model on the device that has shapes and no values, planned for the one that it would be opened on.</summary>
/// <param name="Plan">Rows, identity and memory.</param>
/// <param name="Time">How long it will take.</param>
public sealed record ProfilePreview(ProfilePlan Plan, ProfileTime Time)
{
    /// <summary>Plans a run of a model folder.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="open">The model where it is open: its device and type are then those of the run.</param>
    /// <param name="corpus">The texts.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="stop">Looked at between documents.</param>
    /// <exception cref="LapeException">What <see cref="LanguageModel.Open"/> and <see cref="ProfilePlan"/> refuse, but for memory, which is a warning.</exception>
    public static ProfilePreview Make(string folder, LanguageModel? open, Corpus corpus, ProfileOptions options, CancellationToken stop = default)
    {
        var device = open?.Device ?? Devices.Resolve(Devices.Auto);
        using var shapes = LanguageModel.Open(folder, "meta", open?.Type ?? ComputeTypes.Resolve(null, device));
        var plan = ProfilePlan.Make(shapes, corpus, options, device, stop);
        return new(plan, ProfileTime.Measure(shapes, plan.Languages[0].Plan, plan.Identity.Sums, device));
    }
}
