using System.Globalization;

namespace LapeOps.Packages;

/// <summary>What an installation will download and write.</summary>
/// <param name="Target">The folder.</param>
/// <param name="Packages">The packages.</param>
/// <param name="BytesHere">Bytes of them that an earlier run has downloaded.</param>
/// <param name="OtherBytes">Bytes that the folder has from elsewhere.</param>
public sealed record InstallPlan(string Target, IReadOnlyList<PlannedPackage> Packages, long BytesHere, long OtherBytes)
{
    /// <summary>Bytes that are still to be downloaded; null where a server does not tell them.</summary>
    public long? BytesToDownload => Sum(Packages.Where(p => p.Url is not null).Select(p => p.Bytes)) is { } all ? Math.Max(0, all - BytesHere) : null;

    /// <summary>Bytes that the folder will have; null where the feed does not tell what is in its packages.</summary>
    public long? BytesToWrite => Sum(Packages.Select(p => p.WantedBytes)) + OtherBytes;

    /// <summary>Bytes that have to be free: packages are deleted when the folder stands.</summary>
    public long BytesNeeded => (BytesToDownload ?? 0) + (BytesToWrite ?? 0);

    /// <summary>The plan in a sentence.</summary>
    public override string ToString()
    {
        var remote = Packages.Any(p => p.Url is not null);
        var names = string.Join(", ", Packages.Select(p => $"{p.Name} ({Text(p.Bytes)})"));
        return string.Create(CultureInfo.InvariantCulture, $"{(remote ? $"Download {Text(BytesToDownload)}" : "Read")}: {names}, from {From}; write {Text(BytesToWrite)} to {Target}");
    }

    private string From => Packages[0].Url is { } url ? url.GetLeftPart(UriPartial.Authority) : Path.GetDirectoryName(Packages[0].Path)!;

    /// <summary>Bytes as people read them, exact where it matters.</summary>
    internal static string Text(long? bytes) => bytes switch
    {
        null => "a number of bytes that the source does not tell",
        >= 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes"),
    };

    private static long? Sum(IEnumerable<long?> numbers) => numbers.Aggregate((long?)0, (sum, n) => sum + n);
}

/// <summary>How far an installation is.</summary>
/// <param name="Activity">What is done.</param>
/// <param name="Package">With which package.</param>
/// <param name="BytesDone">Bytes of all packages so far.</param>
/// <param name="BytesInAll">Bytes of all packages; null where nobody knows.</param>
/// <param name="Left">Time left; null at the beginning.</param>
public sealed record InstallProgress(string Activity, string Package, long BytesDone, long? BytesInAll, TimeSpan? Left);
