using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace LapeOps.Tokenization;

/// <summary>
/// Remembers the tokens of pieces. When it is full it starts again empty, so that a text in another language
/// gets its turn; it holds a bounded number of short pieces. Safe to use from several threads.
/// </summary>
internal sealed class TokenCache
{
    private const int Capacity = 1 << 16;

    private volatile Generation _current = new();

    /// <summary>The tokens of a piece, if it is remembered.</summary>
    public bool TryGet(ReadOnlySpan<char> piece, [NotNullWhen(true)] out ModelToken[]? tokens) =>
        _current.Lookup.TryGetValue(piece, out tokens);

    /// <summary>Remembers the tokens of a piece.</summary>
    public void Add(ReadOnlySpan<char> piece, ModelToken[] tokens)
    {
        var current = _current;
        if (Interlocked.Increment(ref current.Count) > Capacity)
            _current = current = new();
        current.Lookup.TryAdd(piece, tokens);
    }

    private sealed class Generation
    {
        public int Count;

        public Generation() => Lookup = new ConcurrentDictionary<string, ModelToken[]>().GetAlternateLookup<ReadOnlySpan<char>>();

        public ConcurrentDictionary<string, ModelToken[]>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }
    }
}
