namespace LapeOps.Corpora;

/// <summary>What a document may have: it is held whole while it becomes ids.</summary>
internal static class DocumentLimit
{
    /// <summary>Characters of the largest document: a text of 256 MiB.</summary>
    public const int MostCharacters = 1 << 28;

    /// <summary>From this length on it matters how much was unpacked from how little.</summary>
    public const int SuspiciousLength = 1 << 24;

    /// <summary>Refuses a document that is too long, or that an archive makes out of nothing.</summary>
    /// <exception cref="LapeException">DocumentTooLarge.</exception>
    public static void Require(string path, long characters, bool bomb)
    {
        if (characters > MostCharacters || (characters > SuspiciousLength && bomb))
            throw new LapeException("DocumentTooLarge",
                $"{path} has a document of more than {(bomb ? SuspiciousLength : MostCharacters):N0} characters{(bomb ? " that was packed into less than a hundredth" : "")}, and a document is held whole. Read it by lines (-Documents Line), or cut it into files.");
    }
}
