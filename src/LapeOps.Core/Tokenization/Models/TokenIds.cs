using System.Runtime.CompilerServices;

namespace LapeOps.Tokenization.Models;

/// <summary>
/// The ids of texts that are no strings yet. A dictionary's alternate lookup does the same, but .NET begins with a slow form of such code, which in a
/// new process takes as long for a hundred thousand merges as all else that a tokenizer is read with.
/// </summary>
internal sealed class TokenIds
{
    private readonly (string? Token, int Hash, int Id)[] _slots;

    /// <summary>Those of a vocabulary.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TokenIds(Dictionary<string, int> vocabulary)
    {
        // At most half full.
        var size = 1;
        while (size < 2L * vocabulary.Count + 1)
            size *= 2;
        _slots = new (string?, int, int)[size];
        foreach (var (token, id) in vocabulary)
        {
            var hash = string.GetHashCode(token);
            var place = hash & (size - 1);
            while (_slots[place].Token is not null)
                place = (place + 1) & (size - 1);
            _slots[place] = (token, hash, id);
        }
    }

    /// <summary>The id of a text, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(ReadOnlySpan<char> text)
    {
        var hash = string.GetHashCode(text);
        for (var place = hash & (_slots.Length - 1); ; place = (place + 1) & (_slots.Length - 1))
        {
            ref readonly var slot = ref _slots[place];
            if (slot.Token is null)
                return -1;
            if (slot.Hash == hash && text.SequenceEqual(slot.Token))
                return slot.Id;
        }
    }
}
