using LapeOps.Checkpoints;
using LapeOps.Native;
using LapeOps.Transformers;

namespace LapeOps;

/// <summary>The open models of this process: a folder is opened once for a device and type, and found again by its fingerprint.</summary>
public static class OpenModels
{
    /// <summary>The best device that is there.</summary>
    public const string Auto = Devices.Auto;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<(string Folder, string Fingerprint, string Device, ComputeType? Type), LanguageModel> Models = [];

    /// <summary>The model of a folder, and whether it was opened by this call. What changed on disk since is another model.</summary>
    /// <exception cref="LapeException">Those of <see cref="LanguageModel.Open"/>.</exception>
    public static (LanguageModel Model, bool Opened) Get(string folder, string device = Auto, ComputeType? type = null)
    {
        if (device.Equals("meta", StringComparison.OrdinalIgnoreCase))
            throw new LapeException("DeviceUnknown", $"'{device}' has no values to compute with. Use Auto, cpu, cuda or cuda:N.");
        lock (Gate)
        {
            var checkpoint = Checkpoint.Open(folder);
            var key = (checkpoint.Folder, checkpoint.Fingerprint, device.ToLowerInvariant(), type);
            if (!Models.TryGetValue(key, out var known) || known.Closed)
                return (Models[key] = LanguageModel.Load(checkpoint, device, type), true);
            checkpoint.Dispose();
            return (known, false);
        }
    }
}
