using System.Collections;
using System.Management.Automation;
using LapeOps.Corpora;
using LapeOps.PowerShell.Objects;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Cmdlets that take paths, models, corpora and statistics: one way to resolve each.</summary>
public abstract class ModelCmdlet : LapeCmdlet
{
    /// <summary>Files or folders of a path with wildcards; a path that exists as it is written is taken as it is.</summary>
    /// <exception cref="LapeException">FileNotFound; PathNotFileSystem.</exception>
    private protected IReadOnlyList<string> Resolve(string path, bool literal)
    {
        var written = ResolveLiteral(path);
        if (literal || !WildcardPattern.ContainsWildcardCharacters(path) || Path.Exists(written))
            return [written];
        try
        {
            var found = GetResolvedProviderPathFromPSPath(path, out var provider);
            RequireFileSystem(path, provider);
            return found.Count > 0 ? [.. found] : throw new LapeException("FileNotFound", $"Nothing matches {path}. Check the path.");
        }
        catch (ItemNotFoundException e)
        {
            throw new LapeException("FileNotFound", $"Nothing matches {path}. Check the path.", e);
        }
    }

    /// <summary>A path as it is written, whether something is there or not.</summary>
    /// <exception cref="LapeException">FileNotFound; PathNotFileSystem.</exception>
    private protected string ResolveLiteral(string path)
    {
        if (path.Contains('\0'))
            throw new LapeException("FileNotFound", $"{path.Replace('\0', '\u2400')} is no path: it has a null character in it. Check the path.");
        try
        {
            var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            RequireFileSystem(path, provider);
            return resolved;
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw new LapeException("FileNotFound", $"{path} cannot be resolved: {e.Message}", e);
        }
    }

    /// <summary>The model of a parameter, opened once a session.</summary>
    private protected LapeModel OpenModel(ModelReference reference, string device = OpenModels.Auto, Transformers.ComputeType? type = null)
    {
        if (reference.Model is { } open)
            return open;
        var folder = Resolve(reference.Path!, literal: false)[0];
        return Work(emitter =>
        {
            var (model, opened) = OpenModels.Get(folder, device, type);
            if (opened)
                foreach (var warning in model.Warnings)
                    emitter.Warning(warning);
            return new LapeModel(new ModelView(model));
        });
    }

    /// <summary>A model without a mask, for what makes masks of its own.</summary>
    /// <exception cref="LapeException">ModelMismatch.</exception>
    private protected static LapeModel RequireUnmasked(LapeModel model) => model.View.Intervention is null ? model
        : throw new LapeException("ModelMismatch", $"'{model}' has a mask already, and this takes the unmodified model. Give that, or Clear-LapeMask it first.");

    /// <summary>Paths or a hashtable of language = paths as a corpus.</summary>
    /// <exception cref="LapeException">CorpusNotFound, CorpusEmpty, FileNotFound.</exception>
    private protected Corpus ResolveCorpus(object corpus, CorpusReading reading)
    {
        corpus = corpus.Unwrapped()!;
        if (corpus is not IDictionary named)
            return Corpus.FromPaths(Paths(corpus), reading);
        var languages = named.Cast<DictionaryEntry>().Select(e => KeyValuePair.Create(e.Key.ToString()!, Paths(e.Value)));
        // A hashtable has no order of its own, so its languages are put in one that does not change from run to run.
        return Corpus.FromNamed(corpus is Hashtable ? languages.OrderBy(l => l.Key, StringComparer.Ordinal) : languages, reading);
    }

    /// <summary>Statistics as an object or the path of a file.</summary>
    /// <exception cref="LapeException">StatisticsInvalid, FileNotFound.</exception>
    private protected ActivationStatistics ResolveStatistics(object statistics) =>
        statistics.Unwrapped() switch
        {
            ActivationStatistics measured => measured,
            FileInfo file => StatisticsFile.Read(file.FullName),
            string path => StatisticsFile.Read(Resolve(path, literal: false)[0]),
            var other => throw new LapeException("StatisticsInvalid", $"A {other?.GetType().Name ?? "null"} is not activation statistics. Give what Measure-LapeActivation wrote, or the path of its file."),
        };

    private IEnumerable<string> Paths(object? value) => value switch
    {
        PSObject wrapped => Paths(wrapped.BaseObject),
        string path when path.Length > 0 => Resolve(path, literal: false),
        string => throw new LapeException("CorpusNotFound", "An empty path is not a corpus. Give files of text, folders that hold some, or a hashtable of language = paths."),
        FileSystemInfo item => [item.FullName],
        IEnumerable items => items.Cast<object?>().SelectMany(Paths).ToArray(),
        _ => throw new LapeException("CorpusNotFound", $"A {value?.GetType().Name ?? "null"} is not a corpus. Give files of text, folders that hold some, or a hashtable of language = paths."),
    };

    private static void RequireFileSystem(string path, ProviderInfo provider)
    {
        if (provider.Name != "FileSystem")
            throw new LapeException("PathNotFileSystem", $"{path} is a path of the provider {provider.Name}; only files and folders can be used.");
    }
}
