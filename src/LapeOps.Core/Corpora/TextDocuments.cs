using System.Text;

namespace LapeOps.Corpora;

/// <summary>Reads the documents of text files: UTF-8, with or without a byte order mark.</summary>
public static class TextDocuments
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The documents of a language, in order.</summary>
    /// <exception cref="LapeException">CorpusNotUtf8, naming the file and the offset of the first invalid byte; FileNotReadable.</exception>
    public static IEnumerable<string> Read(LanguageCorpus corpus, DocumentKind kind) =>
        corpus.Files.SelectMany(file => kind == DocumentKind.File ? [ReadFile(file)] : Lines(ReadFile(file)));

    /// <summary>A file's text without its byte order mark, line ends kept.</summary>
    public static string ReadFile(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
        var text = bytes.AsSpan(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        try
        {
            return Strict.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            var offset = bytes.Length - text.Length + e.Index;
            throw new LapeException("CorpusNotUtf8", $"{path} is not UTF-8: the byte at offset {offset} cannot be decoded. Convert the file to UTF-8.", e);
        }
    }

    private static IEnumerable<string> Lines(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            var end = text.IndexOf('\n', start);
            var stop = end < 0 ? text.Length : end;
            yield return text[start..(stop > start && text[stop - 1] == '\r' ? stop - 1 : stop)];
            start = stop + 1;
        }
    }
}
