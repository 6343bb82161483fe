namespace LapeOps.Corpora;

/// <summary>What may name a language: it becomes part of tensors' names, of files' names and of lists.</summary>
public static class LanguageName
{
    /// <summary>Whether a name can stand there.</summary>
    public static bool IsValid(string name) =>
        !string.IsNullOrWhiteSpace(name) && name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '\\', ';') && !name.Any(char.IsControl);

    /// <summary>Refuses a name that could not stand there.</summary>
    /// <exception cref="LapeException">LanguageNameInvalid.</exception>
    public static void Require(string name)
    {
        if (!IsValid(name))
            throw new LapeException("LanguageNameInvalid", $"'{name}' cannot name a language: use a short name without '/', '\\', ';' or control characters.");
    }
}
