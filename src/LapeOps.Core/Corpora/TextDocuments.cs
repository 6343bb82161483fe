using System.Text;

namespace LapeOps.Corpora;

/// <summary>Reads the documents of files of every format but that of ids, one after another, and holds no more than one.</summary>
public static class TextDocuments
{
    /// <summary>The documents of a file, in order.</summary>
    /// <exception cref="LapeException">
    /// CorpusNotUtf8, naming the file and the offset of the first invalid byte; CorpusInvalid, naming file and line or row; DocumentTooLarge,
    /// CorpusTooLarge; FileNotReadable.
    /// </exception>
    public static IEnumerable<string> Read(string path, CorpusReading reading) => CorpusFileName.Of(path).Format switch
    {
        CorpusFormat.Jsonl => JsonlDocuments.Read(path, reading.TextField),
        CorpusFormat.Parquet => ParquetDocuments.Read(path, reading.TextField),
        CorpusFormat.Text when reading.Documents == DocumentKind.Line => Lines(path),
        CorpusFormat.Text => [ReadFile(path)],
        _ => throw new ArgumentException($"{path} holds ids, not text."),
    };

    /// <summary>A file's text without its byte order mark, line ends kept.</summary>
    public static string ReadFile(string path)
    {
        using var text = new StrictText(path);
        var document = new StringBuilder();
        var buffer = new char[1 << 15];
        for (int read; (read = text.Read(buffer)) > 0;)
        {
            document.Append(buffer, 0, read);
            DocumentLimit.Require(path, document.Length, text.IsBomb);
        }
        return document.ToString();
    }

    /// <summary>A file's lines, without \n or \r\n at their ends; what follows the last line end is a line where it is not empty.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostCharacters">What a line may have.</param>
    internal static IEnumerable<string> Lines(string path, int mostCharacters = DocumentLimit.MostCharacters)
    {
        var number = 1L;
        using var text = new StrictText(path);
        var line = new StringBuilder();
        var buffer = new char[1 << 15];
        for (int read; (read = text.Read(buffer)) > 0;)
        {
            for (var start = 0; start < read;)
            {
                var length = buffer.AsSpan(start, read - start).IndexOf('\n');
                line.Append(buffer, start, length < 0 ? read - start : length);
                DocumentLimit.Require(path, line.Length, text.IsBomb);
                if (line.Length > mostCharacters)
                    throw new LapeException("DocumentTooLarge", $"{path}, line {number}: it has more than {mostCharacters:N0} characters. Cut its text into several lines.");
                if (length < 0)
                    break;
                yield return Taken();
                number++;
                start += length + 1;
            }
        }
        if (line.Length > 0)
            yield return Taken();

        string Taken()
        {
            if (line.Length > 0 && line[^1] == '\r')
                line.Length--;
            var taken = line.ToString();
            line.Clear();
            return taken;
        }
    }
}
