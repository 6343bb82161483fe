using System.Text;

namespace LapeOps.Chat;

/// <summary>A line of a file of conversations.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Text">Its text.</param>
/// <param name="Source">File and line, as errors name them.</param>
public sealed record ConversationLine(int Number, string Text, string Source)
{
    /// <summary>The conversation.</summary>
    /// <exception cref="LapeException">ConversationInvalid.</exception>
    public ChatConversation Parse() => ChatConversation.Parse(Text, Source);
}

/// <summary>Conversations as JSON, one a line (.jsonl): <c>{"messages": [...]}</c>, or the list of messages alone. Read as a stream.</summary>
public static class ConversationFile
{
    /// <summary>The longest line that is read.</summary>
    public const int MostCharacters = 16 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines that are not empty; each is parsed on its own, so that a broken one does not end the others.</summary>
    /// <exception cref="LapeException">FileNotFound; FileNotReadable; ConversationInvalid with the line, where it is not UTF-8 or has no end
    /// within <see cref="MostCharacters"/> characters.</exception>
    public static IEnumerable<ConversationLine> Lines(string path)
    {
        if (!File.Exists(path))
            throw new LapeException("FileNotFound", $"{path} is not a file. Give a .jsonl file with a conversation a line.");
        using var reader = Open(path);
        for (var number = 1; ReadLine(reader, path, number) is { } line; number++)
            if (!string.IsNullOrWhiteSpace(line))
                yield return new ConversationLine(number, line, $"{path}, line {number}");
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path, Strict);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
    }

    private static string? ReadLine(StreamReader reader, string path, int number)
    {
        try
        {
            var line = new StringBuilder();
            for (var c = reader.Read(); c >= 0; c = reader.Read())
            {
                if (c == '\n')
                    return line.ToString();
                if (line.Length == MostCharacters)
                    throw new LapeException("ConversationInvalid", $"{path}, line {number}: it has more than {MostCharacters:N0} characters. Give one conversation a line.");
                line.Append((char)c);
            }
            return line.Length > 0 ? line.ToString() : null;
        }
        catch (DecoderFallbackException e)
        {
            throw new LapeException("ConversationInvalid", $"{path}, line {number} or shortly after it: the bytes are not UTF-8. Save the file as UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
    }
}
