using System.Security.Cryptography;
using System.Text.Json;
using LapeOps.Formats;
using LapeOps.Statistics;

namespace LapeOps.Profiling;

/// <summary>
/// Finished languages that several projects share: a folder with a file for every text that was measured in one way. Files have no names of
/// languages or projects, so the same text measured the same way is found under any.
/// </summary>
/// <param name="folder">The folder; made where it is not there.</param>
/// <param name="modelHash">SHA-256 of the model's files, beside its fingerprint, which looks at samples.</param>
public sealed class StatisticsCache(string folder, string modelHash)
{
    /// <summary>Waits for other runs that measure in the same way, so that nothing is measured twice.</summary>
    /// <exception cref="OperationCanceledException">The wait was stopped.</exception>
    /// <exception cref="LapeException">OutputNotWritable.</exception>
    public IDisposable Lock(StatisticsIdentity identity, Action waiting, CancellationToken stop) =>
        OutputLock.Wait(Path.Combine(FolderOf(identity), "measuring.lock"), waiting, stop).GetAwaiter().GetResult();

    /// <summary>What was measured of a text; null where nothing was, or where the file of it is damaged.</summary>
    public LanguageActivation? Find(StatisticsIdentity identity, string language, LanguageRows rows)
    {
        var path = PathOf(identity, rows);
        if (!File.Exists(path))
            return null;
        try
        {
            var kept = StatisticsFile.ReadCopy(path);
            return kept.Identity.DifferencesFrom(identity).Count == 0 && kept.Activations is [{ Complete: true } found] && found.Rows == rows
                ? found with { Language = language }
                : null;
        }
        catch (LapeException)
        {
            return null;
        }
    }

    /// <summary>Keeps a finished language.</summary>
    /// <exception cref="LapeException">OutputInUse, OutputNotWritable.</exception>
    public void Keep(StatisticsIdentity identity, LanguageActivation measured) =>
        StatisticsFile.Write(PathOf(identity, measured.Rows), new ActivationStatistics(identity, [measured with { Language = "text" }]));

    private string FolderOf(StatisticsIdentity identity) => Path.Combine(folder, Key(identity with { ModelName = modelHash }));

    private string PathOf(StatisticsIdentity identity, LanguageRows rows) => Path.Combine(FolderOf(identity), Key(rows) + ".safetensors");

    private static string Key<T>(T value) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(value)))[..32];
}
