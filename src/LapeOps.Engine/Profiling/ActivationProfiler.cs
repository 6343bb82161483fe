using System.Diagnostics;
using LapeOps.Corpora;
using LapeOps.Formats;
using LapeOps.Native;
using LapeOps.Statistics;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Profiling;

/// <summary>How far a profiling run is.</summary>
/// <param name="Language">The language at hand.</param>
/// <param name="TokensDone">Counted positions so far, of all languages.</param>
/// <param name="TokensInAll">Positions to count.</param>
/// <param name="TokensComputed">Positions that this run computed itself; the rest was taken over.</param>
/// <param name="Elapsed">Time that this run has taken.</param>
public sealed record ProfileProgress(string Language, long TokensDone, long TokensInAll, long TokensComputed, TimeSpan Elapsed)
{
    /// <summary>Time left at the speed so far; null before anything was computed.</summary>
    public TimeSpan? Left => TokensComputed == 0 ? null : Elapsed * ((TokensInAll - TokensDone) / (double)TokensComputed);
}

/// <summary>What becomes of a finished statistics file that stands where a run writes.</summary>
public enum EarlierStatistics
{
    /// <summary>Languages of the same texts are taken over; a file that has anything else is an error, since the run would lose it.</summary>
    Protect,
    /// <summary>Languages of the same texts are taken over, everything else is replaced.</summary>
    Replace,
    /// <summary>Everything is measured anew.</summary>
    Ignore,
}

/// <summary>
/// Runs rows through the transformer and counts (METHOD.md, "Rows and counting"). A group counts whole or not at all; a stopped, killed
/// and resumed run ends with the same file, byte for byte, as an uninterrupted one on the same machine.
/// </summary>
public static class ActivationProfiler
{
    // Saving may take this share of the time.
    private const double SaveShare = 0.05;

    /// <summary>Where an unfinished run keeps its whole groups.</summary>
    public static string PartialPath(string outPath) => outPath + ".partial";

    /// <summary>Measures a plan.</summary>
    /// <param name="model">The model of the plan.</param>
    /// <param name="plan">What to measure.</param>
    /// <param name="outPath">The statistics file, or null to keep them in memory. Whole groups of an interrupted run with the same identity
    /// and corpora are taken over, too.</param>
    /// <param name="earlier">What becomes of an older file.</param>
    /// <param name="cache">Where finished languages are looked for and kept; null for nowhere.</param>
    /// <param name="progress">Told after every group.</param>
    /// <param name="stop">Looked at before every layer; whole groups are kept when it stops.</param>
    /// <exception cref="OperationCanceledException">It was stopped; whole groups are in <see cref="PartialPath"/>.</exception>
    /// <exception cref="LapeException">ModelClosed, OutputNotWritable, OutputInUse, NonFinite; OutputExists where a file is there that this run would lose.</exception>
    public static ActivationStatistics Measure(LanguageModel model, ProfilePlan plan, string? outPath = null, EarlierStatistics earlier = EarlierStatistics.Protect,
        StatisticsCache? cache = null, IProgress<ProfileProgress>? progress = null, CancellationToken stop = default)
    {
        using var lease = model.Lease();
        using var alone = outPath is null ? null : OutputLock.Take(outPath);
        var run = new Run(model, plan, outPath, cache, progress, stop);
        return run.Measure(outPath is null || earlier == EarlierStatistics.Ignore ? [] : Earlier(outPath, plan, protect: earlier == EarlierStatistics.Protect));
    }

    // What an earlier run counted of the same rows: the languages of a partial file, then those of a finished one.
    private static Dictionary<string, LanguageActivation> Earlier(string outPath, ProfilePlan plan, bool protect)
    {
        var earlier = new Dictionary<string, LanguageActivation>(StringComparer.Ordinal);
        foreach (var path in new[] { PartialPath(outPath), outPath }.Where(File.Exists))
        {
            ActivationStatistics statistics;
            try
            {
                statistics = StatisticsFile.ReadCopy(path);
            }
            catch (LapeException e)
            {
                if (protect && path == outPath)
                    throw Exists(path, "is no file of statistics", e);
                continue;
            }
            if (statistics.Identity.DifferencesFrom(plan.Identity) is { Count: > 0 } differences)
            {
                if (protect && path == outPath)
                    throw Exists(path, $"holds statistics of another kind: {string.Join("; ", differences)}");
                continue;
            }
            if (protect && path == outPath && statistics.Languages.Except(plan.Languages.Select(l => l.Language)).ToArray() is { Length: > 0 } lost)
                throw Exists(path, $"holds languages that this corpus lacks: {string.Join(", ", lost)}");
            foreach (var language in plan.Languages)
                if (statistics.Activations.FirstOrDefault(a => a.Language == language.Language && a.Rows == language.Rows) is { } found)
                    earlier.TryAdd(language.Language, found);
        }
        return earlier;
    }

    private static LapeException Exists(string path, string what, Exception? inner = null) =>
        new("OutputExists", $"{path} {what}. Choose another output path, or force the run to replace it.", inner);

    private sealed class Run(LanguageModel model, ProfilePlan plan, string? outPath, StatisticsCache? cache, IProgress<ProfileProgress>? progress, CancellationToken stop)
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly List<LanguageActivation> _finished = [];
        private readonly long _tokensInAll = plan.Languages.Sum(l => (long)l.Rows.CountedRows * l.Plan.TextTokens);
        private long _tokensDone;
        private long _tokensComputed;
        private TimeSpan _lastSave;
        private TimeSpan _saving;

        public ActivationStatistics Measure(Dictionary<string, LanguageActivation> earlier)
        {
            using var scope = NewDisposeScope();
            var shape = model.Shape;
            using var tap = new CountingTap(shape.Layers, shape.Width, shape.Hidden, plan.Languages[0].Plan.RowStart.Count, plan.Identity.Sums, model.Device);
            foreach (var language in plan.Languages)
                _finished.Add(Cached(language, earlier.GetValueOrDefault(language.Language), tap));
            var statistics = new ActivationStatistics(plan.Identity, _finished, outPath);
            if (outPath is null)
                return statistics;
            StatisticsFile.Write(outPath, statistics);
            File.Delete(PartialPath(outPath));
            return statistics;
        }

        private LanguageActivation Cached(TokenRows rows, LanguageActivation? start, CountingTap tap)
        {
            if (cache is null)
                return MeasureLanguage(rows, start, tap);
            var known = start is { Complete: true } ? null : cache.Find(plan.Identity, rows.Language, rows.Rows);
            var measured = MeasureLanguage(rows, known ?? start, tap);
            if (known is null)
                cache.Keep(plan.Identity, measured);
            return measured;
        }

        private LanguageActivation MeasureLanguage(TokenRows rows, LanguageActivation? start, CountingTap tap)
        {
            _tokensDone += start?.Tokens ?? 0;
            if (start is { Complete: true })
                return start;
            using var scope = NewDisposeScope();
            using var totals = new GroupAccumulator(plan.Identity, rows.Language, rows.Rows, start, model.Device);
            var attending = Attending.WholeRows(model.Shape, rows.Plan.Context, model.Device);
            try
            {
                var next = Upload(rows, totals.GroupsCounted);
                while (totals.GroupsCounted < rows.Rows.Groups)
                {
                    var ids = next;
                    model.Transformer.Observe(ids, attending, tap, stop);
                    var tokens = ids.shape[0] * rows.Plan.TextTokens;
                    totals.Add(tap, tokens);
                    // Goes up while the device still computes.
                    next = totals.GroupsCounted < rows.Rows.Groups ? Upload(rows, totals.GroupsCounted) : ids;
                    Devices.Synchronize(model.Device);
                    if (!ReferenceEquals(next, ids))
                        ids.Dispose();
                    _tokensDone += tokens;
                    _tokensComputed += tokens;
                    progress?.Report(new ProfileProgress(rows.Language, _tokensDone, _tokensInAll, _tokensComputed, _clock.Elapsed));
                    if (outPath is not null && (_clock.Elapsed - _lastSave) * SaveShare > _saving)
                        Save(totals);
                }
                var counted = totals.Read();
                if (counted.Sums is { } sums)
                    NonFinite.Refuse(sums.ResidualNorm.Span, model, $" on the text of '{rows.Language}'");
                return counted;
            }
            catch (OperationCanceledException) when (outPath is not null)
            {
                Save(totals);
                throw;
            }
        }

        private Tensor Upload(TokenRows rows, int group)
        {
            var (first, count) = rows.Group(group);
            var ids = new long[count * rows.Plan.Context];
            rows.Fill(ids, first, count);
            var host = tensor(ids, [count, rows.Plan.Context], ScalarType.Int64);
            if (model.Device.type == TorchSharp.DeviceType.CPU)
                return host;
            using (host)
                return model.Device.type == TorchSharp.DeviceType.CUDA
                    ? host.pin_memory().to(model.Device, non_blocking: true)
                    : host.to(model.Device);
        }

        private void Save(GroupAccumulator totals)
        {
            var begin = _clock.Elapsed;
            StatisticsFile.Write(PartialPath(outPath!), new ActivationStatistics(plan.Identity, [.. _finished, totals.Read()]));
            _lastSave = _clock.Elapsed;
            _saving = _lastSave - begin;
        }
    }
}
