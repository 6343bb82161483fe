using System.Collections.Concurrent;
using System.Management.Automation;

namespace LapeOps.PowerShell;

/// <summary>
/// What all cmdlets share: work runs on a thread of its own, whatever it wants written is written on the pipeline's thread, and Ctrl+C
/// returns once the work has ended, which is after the layer in flight.
/// </summary>
public abstract class LapeCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Runs work and pumps what it posts until it has ended.</summary>
    /// <exception cref="PipelineStoppedException">It was stopped.</exception>
    private protected T Work<T>(Func<Emitter, T> work)
    {
        using var messages = new BlockingCollection<Action>();
        var emitter = new Emitter(messages.Add, this, _stopping.Token);
        var running = Task.Factory.StartNew(() =>
        {
            try
            {
                return work(emitter);
            }
            finally
            {
                messages.CompleteAdding();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (var write in messages.GetConsumingEnumerable())
            {
                // After a stop nothing may be written any more, and the work ends by itself.
                if (!_stopping.IsCancellationRequested)
                    write();
            }
        }
        catch
        {
            // A preference such as -WarningAction Stop ends the pipeline here; native work has to end first.
            _stopping.Cancel();
            running.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            throw;
        }
        try
        {
            return running.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Runs something, and turns an error that the user can act on into one of this cmdlet's.</summary>
    /// <param name="target">What the error is about.</param>
    /// <param name="terminating">Whether nothing can go on after it.</param>
    /// <param name="action">What to run.</param>
    /// <returns>Whether it ended without an error.</returns>
    private protected bool Guard(object? target, bool terminating, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (LapeException e)
        {
            var record = new ErrorRecord(e, e.ErrorId, CategoryOf(e.ErrorId), target);
            if (terminating)
                ThrowTerminatingError(record);
            WriteError(record);
            return false;
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    private static ErrorCategory CategoryOf(string errorId) => errorId switch
    {
        _ when errorId.EndsWith("NotFound", StringComparison.Ordinal) || errorId.EndsWith("Missing", StringComparison.Ordinal) => ErrorCategory.ObjectNotFound,
        _ when errorId.EndsWith("OutOfRange", StringComparison.Ordinal) || errorId.EndsWith("Unknown", StringComparison.Ordinal) => ErrorCategory.InvalidArgument,
        _ when errorId.EndsWith("NotWritable", StringComparison.Ordinal) => ErrorCategory.WriteError,
        "MemoryInsufficient" or "DiskFull" or "OutputInUse" => ErrorCategory.ResourceUnavailable,
        "DownloadFailed" => ErrorCategory.ConnectionError,
        "ModelClosed" => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.InvalidData,
    };
}

/// <summary>What work may write, from its own thread.</summary>
/// <param name="post">Runs something on the pipeline's thread.</param>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="stop">Set by Ctrl+C.</param>
internal sealed class Emitter(Action<Action> post, PSCmdlet cmdlet, CancellationToken stop)
{
    /// <summary>Set by Ctrl+C.</summary>
    public CancellationToken Stop => stop;

    /// <summary>Writes a verbose message.</summary>
    public void Verbose(string text) => post(() => cmdlet.WriteVerbose(text));

    /// <summary>Writes a warning.</summary>
    public void Warning(string text) => post(() => cmdlet.WriteWarning(text));

    /// <summary>Writes text to the host as it is.</summary>
    public void Host(string text) => post(() => cmdlet.Host?.UI?.Write(text));

    /// <summary>Shows progress; <paramref name="percent"/> 100 ends it.</summary>
    public void Progress(string activity, string status, int percent, TimeSpan? left) => post(() => cmdlet.WriteProgress(
        new ProgressRecord(1, activity, status)
        {
            PercentComplete = percent,
            SecondsRemaining = left is { } time ? (int)time.TotalSeconds : -1,
            RecordType = percent == 100 ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        }));
}
