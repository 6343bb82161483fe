using System.Diagnostics;

namespace LapeOps.Packages;

/// <summary>Tells how far one step of an installation is, a few times a second, with the time that is left at the speed so far.</summary>
internal sealed class ProgressMeter(IProgress<InstallProgress>? progress, string activity, long? bytesInAll, long bytesHere)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next;

    /// <summary>So many bytes are done now.</summary>
    public void Report(string package, long bytesDone)
    {
        var now = _clock.Elapsed;
        if (now < _next && bytesDone != bytesInAll)
            return;
        _next = now + Pause;
        var gained = bytesDone - bytesHere;
        TimeSpan? left = bytesInAll is { } all && gained > 0 ? now * ((double)Math.Max(0, all - bytesDone) / gained) : null;
        progress?.Report(new(activity, package, bytesDone, bytesInAll, left));
    }
}
