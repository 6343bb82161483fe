namespace LapeOps.Tokenization.Tests;

/// <summary>A BPE model with a token a byte: the id is the byte.</summary>
internal static class ByteTokens
{
    public static string Model { get; } = TokenizerFile.Bpe(Alphabet(), []);

    /// <summary>GPT-2's bytes_to_unicode, written out once more.</summary>
    private static IEnumerable<string> Alphabet()
    {
        var next = 0x100;
        return [.. Enumerable.Range(0, 256).Select(b => b is > 32 and < 127 or > 160 and not 173 ? ((char)b).ToString() : ((char)next++).ToString())];
    }
}
