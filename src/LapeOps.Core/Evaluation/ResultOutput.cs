using LapeOps.Formats;

namespace LapeOps.Evaluation;

/// <summary>The file that a run writes its result to as it goes, and goes on from; without a path, nothing.</summary>
public sealed class ResultOutput<T> : IDisposable where T : class
{
    private readonly string? _path;
    private readonly string _key;
    private readonly IDisposable? _lock;

    /// <summary>Takes the file, and reads what is in it.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="key">What the result is measured with; see <see cref="ResultFile.Key"/>.</param>
    /// <param name="force">Whether what is in the file is measured anew, whatever it is.</param>
    /// <exception cref="LapeException">OutputInUse; OutputNotWritable; ResultInvalid; ResultMismatch.</exception>
    public ResultOutput(string? path, string key, bool force)
    {
        (_path, _key) = (path, key);
        if (path is null)
            return;
        _lock = OutputLock.Take(path);
        try
        {
            Earlier = force ? null : ResultFile.Read<T>(path, key);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>What an earlier run of the same has measured; null for nothing.</summary>
    public T? Earlier { get; }

    /// <summary>Writes what is measured so far.</summary>
    /// <exception cref="LapeException">OutputNotWritable.</exception>
    public void Write(T result)
    {
        if (_path is not null)
            ResultFile.Write(_path, _key, result);
    }

    /// <summary>Frees the file for other runs.</summary>
    public void Dispose() => _lock?.Dispose();
}
