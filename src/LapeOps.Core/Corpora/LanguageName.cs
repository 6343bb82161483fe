namespace LapeOps.Corpora;

/// <summary>What may name a language: it becomes part of tensors' names, of files' names and of lists.</summary>
public static class LanguageName
{
    /// <summary>Refuses a name that could not stand there.</summary>
    /// <exception cref="LapeException">LanguageNameInvalid.</exception>
    public static void Require(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.AsSpan().ContainsAny('/', ';') || name.Any(char.IsControl))
            throw new LapeException("LanguageNameInvalid", $"'{name}' cannot name a language: use a short name without '/', ';' or control characters.");
    }
}
