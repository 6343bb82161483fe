namespace LapeOps.Tokenization.Models;

/// <summary>
/// Remembers the tokens of pieces: one piece a slot, found by its hash, the newer in place of the older. So it is bounded, and
/// follows the language of the text. Entries are whole or absent, hence safe to use from several threads without a lock.
/// </summary>
internal sealed class TokenCache
{
    /// <summary>UTF-16 units of the longest piece that is remembered.</summary>
    public const int Longest = 64;

    private const int Slots = 1 << 16;

    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <summary>What makes tokens of a piece.</summary>
    public delegate ModelToken[] Computation(ReadOnlySpan<char> piece, CancellationToken stop);

    /// <summary>The tokens of a piece: remembered, or computed, and then remembered where it is not too long.</summary>
    public ModelToken[] Of(ReadOnlySpan<char> piece, Computation compute, CancellationToken stop)
    {
        if (piece.Length > Longest)
            return compute(piece, stop);
        ref var slot = ref _entries[string.GetHashCode(piece) & (Slots - 1)];
        if (Volatile.Read(ref slot) is { } entry && piece.SequenceEqual(entry.Piece))
            return entry.Tokens;
        var tokens = compute(piece, stop);
        Volatile.Write(ref slot, new(piece.ToString(), tokens));
        return tokens;
    }

    private sealed record Entry(string Piece, ModelToken[] Tokens);
}
