namespace LapeOps;

/// <summary>An error that its reader can act on: the message says what is wrong, where, and what to do.</summary>
/// <param name="errorId">A stable identifier in PascalCase (SafetensorsInvalid, CorpusNotUtf8, ...), the same in cmdlets and tasks.</param>
/// <param name="message">What is wrong, in which file, and the next step.</param>
/// <param name="inner">What was caught, where there is one.</param>
public class LapeException(string errorId, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The stable identifier of this kind of error.</summary>
    public string ErrorId { get; } = errorId;

    /// <summary>The text file that is wrong in a certain line; null where no line can be named.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, from 1; 0 where there is none.</summary>
    public long Line { get; init; }
}
