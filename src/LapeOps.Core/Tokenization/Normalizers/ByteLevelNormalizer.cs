using LapeOps.Tokenization.PreTokenizers;

namespace LapeOps.Tokenization.Normalizers;

/// <summary>Replaces each byte of the UTF-8 text by its character of <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    private static readonly ByteLevelPreTokenizer Bytes = new(addPrefixSpace: false, useRegex: false);

    public override PieceSink Open(PieceSink next) => Bytes.Open(next);
}
