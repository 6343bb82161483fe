using System.Diagnostics.CodeAnalysis;

namespace LapeOps.Tokenization.Models;

/// <summary>
/// Remembers the tokens of pieces: one piece a slot, found by its hash, the newer in place of the older. So it is bounded, and
/// follows the language of the text. Entries are whole or absent, hence safe to use from several threads without a lock.
/// </summary>
internal sealed class TokenCache
{
    private const int Slots = 1 << 16;

    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <summary>The tokens of a piece, if it is remembered.</summary>
    public bool TryGet(ReadOnlySpan<char> piece, [NotNullWhen(true)] out ModelToken[]? tokens)
    {
        var entry = Volatile.Read(ref _entries[Slot(piece)]);
        tokens = entry is not null && piece.SequenceEqual(entry.Piece) ? entry.Tokens : null;
        return tokens is not null;
    }

    /// <summary>Remembers the tokens of a piece.</summary>
    public void Add(ReadOnlySpan<char> piece, ModelToken[] tokens) =>
        Volatile.Write(ref _entries[Slot(piece)], new(piece.ToString(), tokens));

    private static int Slot(ReadOnlySpan<char> piece) => string.GetHashCode(piece) & (Slots - 1);

    private sealed record Entry(string Piece, ModelToken[] Tokens);
}
