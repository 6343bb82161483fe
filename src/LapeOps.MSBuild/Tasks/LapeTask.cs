using LapeOps.MSBuild.Inputs;
using LapeOps.MSBuild.Messages;
using Microsoft.Build.Framework;

namespace LapeOps.MSBuild.Tasks;

/// <summary>
/// What the tasks have in common: errors with their codes, at the item that is wrong, and an end between two layers when a build is cancelled.
/// Tasks run in MSBuild's .NET task host: <c>UsingTask Runtime="NET" TaskFactory="TaskHostFactory"</c>.
/// </summary>
public abstract class LapeTask : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Set when the build is cancelled.</summary>
    private protected CancellationToken Stop => _stopping.Token;

    /// <summary>The item that is worked on, which errors name.</summary>
    private protected ITaskItem? At { get; set; }

    /// <summary>The output, which knows the project that asked for it.</summary>
    private protected ITaskItem? Asked { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            Run();
        }
        catch (LapeException e)
        {
            Report(e);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Say($"{GetType().Name} was stopped. Whole groups are kept, and the next build goes on from there.");
            return false;
        }
        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    public void Cancel() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Run();

    /// <summary>A line that is shown where the log is not a terminal.</summary>
    private protected void Say(string text) => Log.LogMessage(MessageImportance.High, text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    private protected void Warn(string code, string text) =>
        Log.LogWarning(null, code, null, MessageCode.Help(code), FileOf(Asked, At), 0, 0, 0, 0, "{0}", Named(text));

    private void Report(LapeException e)
    {
        var code = MessageCode.Of(e.ErrorId);
        Log.LogError(null, code, null, MessageCode.Help(code), e.File ?? FileOf(Asked, At), (int)Math.Min(e.Line, int.MaxValue), 0, 0, 0, "{0}", Named(e.Message));
    }

    private string Named(string text) => At is null ? text : $"{At.ItemSpec}: {text}";

    // MSBuild gives tasks no line of an item: the project that defines it is what can be named.
    private static string? FileOf(params ITaskItem?[] items) =>
        items.Select(i => i?.GetMetadata(Metadata.DefinedIn)).Concat(items.Select(i => i?.GetMetadata("DefiningProjectFullPath"))).FirstOrDefault(f => f is { Length: > 0 });
}
