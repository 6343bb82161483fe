using System.Runtime.InteropServices;

namespace LapeOps.Corpora;

/// <summary>
/// Which documents were there before, by 128 bits of their SHA-256. The latest are in memory; all others are in temporary files, as sorted
/// runs of which each has over twice as many as the next, behind a Bloom filter that spares most searches. The answers are exact, and the
/// memory is the same for thousands of documents and for a hundred million.
/// </summary>
internal sealed class DocumentSet : IDisposable
{
    private const int MostInMemory = 1 << 16;

    private readonly HashSet<UInt128> _latest = new(MostInMemory);
    private readonly List<HashRun> _runs = [];
    private readonly Lazy<UInt128[]> _sorted = new(() => new UInt128[MostInMemory]);
    private readonly Lazy<BloomFilter> _filter = new();

    /// <summary>Adds a document by its SHA-256; false where it was there before.</summary>
    public bool Add(ReadOnlySpan<byte> hash)
    {
        var key = MemoryMarshal.Read<UInt128>(hash);
        if (_runs.Count > 0 && _filter.Value.MayHave(key) && _runs.Exists(run => run.Has(key)))
            return false;
        if (!_latest.Add(key))
            return false;
        if (_latest.Count == MostInMemory)
            Store();
        return true;
    }

    public void Dispose() => _runs.ForEach(run => run.Dispose());

    private void Store()
    {
        foreach (var key in _latest)
            _filter.Value.Add(key);
        _latest.CopyTo(_sorted.Value);
        Array.Sort(_sorted.Value);
        _runs.Add(HashRun.Of(_sorted.Value));
        _latest.Clear();
        while (_runs.Count > 1 && _runs[^2].Count <= 2 * _runs[^1].Count)
        {
            using HashRun longer = _runs[^2], shorter = _runs[^1];
            _runs[^2] = HashRun.Merge(longer, shorter);
            _runs.RemoveAt(_runs.Count - 1);
        }
    }
}
