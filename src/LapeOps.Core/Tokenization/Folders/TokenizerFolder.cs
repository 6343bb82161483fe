namespace LapeOps.Tokenization.Folders;

/// <summary>The tokenizer of a model's folder.</summary>
internal static class TokenizerFolder
{
    /// <summary>The file that the tokenizer is read from; null where there is none.</summary>
    public static string? Find(string folder)
    {
        if (Has(TokenizerReader.FileName))
            return TokenizerReader.FileName;
        if (Has(SentencePieceReader.FileName))
            return SentencePieceReader.FileName;
        return Has(VocabularyReader.FileName) && Has(VocabularyReader.MergesName) ? VocabularyReader.FileName : null;

        bool Has(string name) => File.Exists(Path.Combine(folder, name));
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="LapeException">TokenizerNotFound, TokenizerInvalid, TokenizerUnsupported or TokenizerUnreadable.</exception>
    public static TokenizerParts Read(FolderFiles files, string folder) => Find(folder) switch
    {
        TokenizerReader.FileName => TokenizerReader.Read(files, TokenizerReader.FileName),
        SentencePieceReader.FileName => SentencePieceReader.Read(files),
        VocabularyReader.FileName => VocabularyReader.Read(files),
        _ => throw new LapeException(
            "TokenizerNotFound", $"{folder}: there is no tokenizer.json, no tokenizer.model and no vocab.json with merges.txt. Put the model's tokenizer there."),
    };
}
