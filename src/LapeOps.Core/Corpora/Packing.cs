using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace LapeOps.Corpora;

/// <summary>The documents of a language as far as they were read: up to the one that reached the cap on tokens.</summary>
/// <param name="Count">Documents.</param>
/// <param name="Duplicates">Those that are, character for character, one that came before; empty ones and ids are not compared.</param>
/// <param name="TextBytes">UTF-8 bytes of the documents that became tokens; 0 for ids.</param>
/// <param name="LongestCharacters">UTF-16 units of the longest.</param>
/// <param name="HeldCharacters">
/// UTF-16 units of the most that was held at once: a whole document, but where it is a text whose tokenizer cuts it before it merges.
/// </param>
public sealed record DocumentFacts(long Count = 0, long Duplicates = 0, long TextBytes = 0, long LongestCharacters = 0, int HeldCharacters = 0);

/// <summary>Packs documents one after another into a store of ids.</summary>
internal sealed class Packing : IDisposable
{
    private readonly CorpusReading _reading;
    private readonly Func<string, int[]> _encode;
    private readonly Func<ReadOnlySpan<char>, int> _lastSeam;
    private readonly long _most;
    private readonly int _vocabulary;
    private readonly int[] _between;
    private readonly DocumentSet _seen = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Of the document at hand: its characters, whether any of it was packed, and where all stood before it.
    private long _characters;
    private bool _begun;
    private (long Tokens, long Found, long TextBytes) _before;

    public Packing(CorpusReading reading, Func<string, int[]> encode, Func<ReadOnlySpan<char>, int> lastSeam, RowPlan plan, int vocabulary)
    {
        (_reading, _encode, _lastSeam, _most, _vocabulary) = (reading, encode, lastSeam, plan.MaxTokens, vocabulary);
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
            if (_reading.Transform != TextTransform.None)
                throw new LapeException("CorpusInvalid", $"{file} holds token ids, and only text has words to shuffle and letters to romanize. Give the text, or leave -Transform out.") { File = file };
            Facts = Facts with { Count = Facts.Count + 1 };
            foreach (var ids in IdDocuments.Read(file, _vocabulary))
            {
                stop.ThrowIfCancellationRequested();
                Append(ids);
            }
            return;
        }
        foreach (var part in TextDocuments.Parts(file, _reading, _lastSeam))
        {
            stop.ThrowIfCancellationRequested();
            Add(part);
            if (part.Ends && Found >= _most)
                break;
        }
    }

    public void Dispose()
    {
        _seen.Dispose();
        _hash.Dispose();
    }

    private void Add(DocumentPart part)
    {
        if (_characters == 0)
            _before = (Tokens.Count, Found, Facts.TextBytes);
        _characters += part.Text.Length;
        _hash.AppendData(MemoryMarshal.AsBytes(part.Text.AsSpan()));
        var duplicate = part.Ends && IsDuplicate();
        if (!(duplicate && _reading.Deduplicate))
            Append(part.Text);
        else
            Revoke();
        Facts = Facts with
        {
            Count = Facts.Count + (part.Ends ? 1 : 0),
            Duplicates = Facts.Duplicates + (duplicate ? 1 : 0),
            LongestCharacters = Math.Max(Facts.LongestCharacters, _characters),
            HeldCharacters = Math.Max(Facts.HeldCharacters, part.Text.Length),
        };
        if (part.Ends)
            (_characters, _begun) = (0, false);
    }

    private bool IsDuplicate()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(hash);
        return _characters > 0 && !_seen.Add(hash);
    }

    private void Append(string text)
    {
        if (!_begun && Found > 0)
            Append(_between);
        _begun = true;
        Facts = Facts with { TextBytes = Facts.TextBytes + Encoding.UTF8.GetByteCount(text) };
        Append(_encode(text));
    }

    /// <summary>Takes back what came of a document whose last part tells that it was there before.</summary>
    private void Revoke()
    {
        (var count, Found, var bytes) = _before;
        Tokens.Truncate(count);
        Facts = Facts with { TextBytes = bytes };
    }

    private void Append(ReadOnlySpan<int> ids)
    {
        Tokens.Append(ids[..(int)Math.Min(ids.Length, _most - Tokens.Count)]);
        Found += ids.Length;
    }
}
