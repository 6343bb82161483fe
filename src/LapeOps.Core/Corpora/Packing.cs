using System.Text;

namespace LapeOps.Corpora;

/// <summary>The documents of a language as far as they were read: up to the one that reached the cap on tokens.</summary>
/// <param name="Count">Documents.</param>
/// <param name="Duplicates">Those that are, character for character, one that came before; empty ones and ids are not compared.</param>
/// <param name="TextBytes">UTF-8 bytes of the documents that became tokens; 0 for ids.</param>
/// <param name="LongestCharacters">UTF-16 units of the longest, which was held whole.</param>
public sealed record DocumentFacts(long Count = 0, long Duplicates = 0, long TextBytes = 0, int LongestCharacters = 0);

/// <summary>Packs documents one after another into a store of ids.</summary>
internal sealed class Packing : IDisposable
{
    private readonly CorpusReading _reading;
    private readonly Func<string, int[]> _encode;
    private readonly long _most;
    private readonly int _vocabulary;
    private readonly int[] _between;
    private readonly DocumentSet _seen = new();

    public Packing(CorpusReading reading, Func<string, int[]> encode, RowPlan plan, int vocabulary)
    {
        (_reading, _encode, _most, _vocabulary) = (reading, encode, plan.MaxTokens, vocabulary);
        _between = reading.Documents == DocumentKind.Line ? encode("\n") : [];
    }

    /// <summary>The ids, at most as many as the cap.</summary>
    public IdStore Tokens { get; } = new();

    /// <summary>Ids of all documents that were read.</summary>
    public long Found { get; private set; }

    public DocumentFacts Facts { get; private set; } = new();

    /// <summary>Packs the documents of a file, as long as the cap is not reached.</summary>
    public void Add(string file, CancellationToken stop)
    {
        if (Found >= _most)
            return;
        if (CorpusFileName.Of(file).Format == CorpusFormat.Ids)
        {
            Facts = Facts with { Count = Facts.Count + 1 };
            foreach (var ids in IdDocuments.Read(file, _vocabulary))
            {
                stop.ThrowIfCancellationRequested();
                Append(ids);
            }
            return;
        }
        foreach (var document in TextDocuments.Read(file, _reading))
        {
            stop.ThrowIfCancellationRequested();
            Add(document);
            if (Found >= _most)
                break;
        }
    }

    public void Dispose() => _seen.Dispose();

    private void Add(string document)
    {
        var duplicate = document.Length > 0 && !_seen.Add(document);
        Facts = Facts with { Count = Facts.Count + 1, Duplicates = Facts.Duplicates + (duplicate ? 1 : 0), LongestCharacters = Math.Max(Facts.LongestCharacters, document.Length) };
        if (duplicate && _reading.Deduplicate)
            return;
        Facts = Facts with { TextBytes = Facts.TextBytes + Encoding.UTF8.GetByteCount(document) };
        if (Found > 0)
            Append(_between);
        Append(_encode(document));
    }

    private void Append(ReadOnlySpan<int> ids)
    {
        Tokens.Append(ids[..(int)Math.Min(ids.Length, _most - Tokens.Count)]);
        Found += ids.Length;
    }
}
