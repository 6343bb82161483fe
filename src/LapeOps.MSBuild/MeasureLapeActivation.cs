using LapeOps.Profiling;
using Microsoft.Build.Framework;

namespace LapeOps.MSBuild;

/// <summary>
/// Counts activations on texts of several languages, as the cmdlet of the same name does. It loads libtorch, so it runs in a task host:
/// <c>UsingTask Runtime="NET" TaskFactory="TaskHostFactory"</c>.
/// </summary>
public sealed class MeasureLapeActivation : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Folder of the model.</summary>
    [Required]
    public ITaskItem? Model { get; set; }

    /// <summary>Texts; the metadata Language, or else the file's base name, names the language. Languages and their files are taken in ordinal order.</summary>
    [Required]
    public ITaskItem[] Corpus { get; set; } = [];

    /// <summary>The statistics file.</summary>
    [Required]
    public ITaskItem? OutPath { get; set; }

    /// <summary>Tokens a row; 0 takes the default.</summary>
    public int Context { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            // Wildcards give items in the file system's order, which differs from machine to machine, and statistics have an order.
            var languages = Corpus.GroupBy(LanguageOf, (language, texts) => KeyValuePair.Create(language, texts.Select(t => t.GetMetadata("FullPath")).Order(StringComparer.Ordinal).AsEnumerable()))
                .OrderBy(l => l.Key, StringComparer.Ordinal);
            var model = OpenModels.Get(Model!.GetMetadata("FullPath")).Model;
            var plan = ProfilePlan.Make(model, Corpora.Corpus.FromNamed(languages), new ProfileOptions { Context = Context == 0 ? null : Context }, _stopping.Token);
            var statistics = ActivationProfiler.Measure(model, plan, OutPath!.GetMetadata("FullPath"), stop: _stopping.Token);
            Log.LogMessage(MessageImportance.High, $"{OutPath}: {statistics.Languages.Count} languages, {statistics.Activations.Sum(a => a.Tokens)} tokens");
        }
        catch (LapeException e)
        {
            Log.LogError(subcategory: null, e.ErrorId, helpKeyword: null, file: null, 0, 0, 0, 0, e.Message);
        }
        catch (OperationCanceledException)
        {
            Log.LogWarning("Stopped; whole groups are kept.");
        }
        return !Log.HasLoggedErrors && !_stopping.IsCancellationRequested;
    }

    /// <inheritdoc/>
    public void Cancel() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private static string LanguageOf(ITaskItem text) =>
        text.GetMetadata("Language") is { Length: > 0 } language ? language : text.GetMetadata("Filename");
}
